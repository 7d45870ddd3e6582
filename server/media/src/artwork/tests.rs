use super::*;

fn picture(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 256) as u8, (y % 256) as u8, 200]));
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn cache() -> (tempfile::TempDir, Artworks) {
    let dir = tempfile::tempdir().unwrap();
    let artworks = Artworks::open(dir.path()).unwrap();
    (dir, artworks)
}

#[test]
fn t1_the_same_picture_is_decoded_once() {
    let (_dir, artworks) = cache();
    let png = picture(900, 700);

    let first = artworks.take(&png).unwrap();
    let again = artworks.take(&png).unwrap();

    assert_eq!(first, again);
    assert_eq!(artworks.decoded(), 1);
    assert!(first.thumbhash.len() < 40);
}

#[test]
fn every_size_is_a_square_and_others_are_refused() {
    let (_dir, artworks) = cache();
    let artwork = artworks.take(&picture(900, 700)).unwrap();

    for size in SIZES {
        let made = image::open(artworks.file(artwork.id, size).unwrap()).unwrap();
        assert_eq!((made.width(), made.height()), (size, size));
    }
    assert!(matches!(artworks.file(artwork.id, 57), Err(ArtworkError::SizeUnknown)));
    assert!(matches!(artworks.file(artwork_id(b"nothing"), 56), Err(ArtworkError::Unknown)));
}

#[test]
fn a_small_picture_is_not_blown_up() {
    let (_dir, artworks) = cache();
    let artwork = artworks.take(&picture(30, 40)).unwrap();

    let made = image::open(artworks.file(artwork.id, 320).unwrap()).unwrap();

    assert_eq!(made.width(), 30);
}

#[test]
fn t1_a_hostile_picture_is_no_picture() {
    let (_dir, artworks) = cache();
    let mut bomb = picture(8, 8);
    // The header of a PNG names its size; this one claims 100,000 pixels a side.
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);

    assert_eq!(artworks.take(&bomb), None);
    assert_eq!(artworks.take(&picture(10_001, 1)), None);
    assert_eq!(artworks.take(b""), None);
    assert_eq!(artworks.take(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
    assert_eq!(artworks.take(&picture(50, 50)[..200]), None);
}

#[test]
fn transparent_parts_show_white() {
    let clear = image::RgbaImage::from_pixel(4, 4, image::Rgba([10, 20, 30, 0]));

    assert_eq!(on_paper(clear.into()).get_pixel(1, 1).0, [255, 255, 255]);
}
