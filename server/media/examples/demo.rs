fn main() {
    let start = std::time::Instant::now();
    let dir = std::env::args().nth(1).unwrap();
    media::demo::write(std::path::Path::new(&dir), |done, total| eprintln!("{done}/{total} {:.1}s", start.elapsed().as_secs_f32())).unwrap();
}
