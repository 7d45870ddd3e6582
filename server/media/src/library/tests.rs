//! Stories over a real folder and a store in memory.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use domain::library::{Order, ProblemFile, Slice, Track};
use lofty::{
    config::WriteOptions,
    picture::{MimeType, Picture, PictureType},
    tag::{Accessor, Tag, TagExt, TagType},
};
use services::{
    contract::{
        MemoryStore,
        doubles::{HandClock, MemoryBus, SeededRandom},
    },
    ports::{Note, store::LibraryStore},
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;

#[path = "lasting.rs"]
mod lasting;
#[path = "unlisted.rs"]
mod unlisted;

const ALL: Slice = Slice { offset: 0, limit: 1_000 };

/// A music folder, what is known of it, and perhaps a library that runs.
struct Story {
    dir: TempDir,
    store: Arc<MemoryStore>,
    bus: Arc<MemoryBus>,
}

/// A library at work, and the switch that ends it.
struct Running {
    library: Arc<Library>,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Story {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("music")).unwrap();
        Self { dir, store: Arc::default(), bus: Arc::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("music").join(name)
    }

    /// As the only one on its database.
    async fn open(&self, folders: &[&str]) -> Result<Arc<Library>, Error> {
        self.open_with(folders, Unlisted::Forget).await
    }

    async fn open_with(&self, folders: &[&str], unlisted: Unlisted) -> Result<Arc<Library>, Error> {
        let folders = folders.iter().map(|name| self.dir.path().join(name)).collect();
        // Another start makes other ids.
        static STARTS: AtomicU64 = AtomicU64::new(1);
        let seed = STARTS.fetch_add(1, Ordering::SeqCst);
        let (clock, random) = (Arc::new(HandClock::default()), Arc::new(SeededRandom::new(seed)));

        let (store, bus, cache) = (self.store.clone(), self.bus.clone(), self.dir.path().join("cache"));
        Library::open(folders, unlisted, store, bus, clock, random, cache).await
    }

    /// Opens the music folder, runs, and waits for the end of the first scan.
    async fn run(&self) -> Running {
        let running = Running::start(self.open(&["music"]).await.unwrap());
        self.scan_ends().await;
        running
    }

    async fn scan_ends(&self) {
        until("the scan ends", async || {
            self.bus.notes().iter().any(|note| matches!(note, Note::Scan(progress) if !progress.running))
        })
        .await;
    }

    async fn tracks(&self) -> Vec<Track> {
        self.store.tracks(Order::Title, ALL).await.unwrap()
    }

    async fn titles(&self) -> Vec<String> {
        self.tracks().await.into_iter().map(|track| track.title).collect()
    }

    async fn problems(&self) -> Vec<ProblemFile> {
        self.store.problems(ALL).await.unwrap()
    }

    async fn reason(&self, path: &str) -> String {
        let problems = self.problems().await;
        let listed = problems.iter().find(|problem| problem.path == path);
        listed.unwrap_or_else(|| panic!("{path} is listed, in {problems:?}")).reason.clone()
    }
}

impl Running {
    fn start(library: Arc<Library>) -> Self {
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(library.clone().run(shutdown.clone()));
        Self { library, shutdown, task }
    }

    async fn stop(self) {
        self.shutdown.cancel();
        self.task.await.unwrap();
    }
}

/// Waits for something to become true, ten times as long as it should ever take.
async fn until(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !check().await {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A second of silence as a WAV file.
fn wav() -> Vec<u8> {
    let (rate, samples) = (8_000u32, 8_000u32);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + samples).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend([1, 0, 1, 0]);
    bytes.extend([rate.to_le_bytes(), rate.to_le_bytes()].concat());
    bytes.extend([1, 0, 8, 0]);
    bytes.extend(b"data");
    bytes.extend(samples.to_le_bytes());
    bytes.resize(bytes.len() + samples as usize, 128);
    bytes
}

fn song(path: &Path, title: &str) {
    tagged(path, |tag| tag.set_title(title.into()));
}

fn tagged(path: &Path, fill: impl FnOnce(&mut Tag)) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, wav()).unwrap();

    let mut tag = Tag::new(TagType::Id3v2);
    fill(&mut tag);
    tag.save_to_path(path, WriteOptions::default()).unwrap();
}

fn png(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(side, side, image::Rgb([200, 90, 30]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn t1_a_scan_finds_music_and_nothing_else() {
    let story = Story::new();
    tagged(&story.path("Album/one.wav"), |tag| {
        tag.set_title("  One\u{0} ".into());
        tag.set_artist("Nina".into());
        tag.set_album("First".into());
        tag.set_track(3);
    });
    song(&story.path("Album/.hidden.wav"), "Hidden");
    song(&story.path(".trash/two.wav"), "Deleted");
    fs::write(story.path("no tags.WAV"), wav()).unwrap();
    fs::write(story.path("notes.txt"), "not music").unwrap();

    let running = story.run().await;

    let tracks = story.tracks().await;
    let named: Vec<_> = tracks.iter().map(|track| (track.title.as_str(), track.artist.as_str())).collect();
    assert_eq!(named, [("no tags", "Unknown artist"), ("One", "Nina")]);
    assert_eq!((tracks[1].album.as_deref(), tracks[1].number, tracks[1].duration_ms), (Some("First"), Some(3), 1_000));
    assert_eq!(story.problems().await, []);
    assert_eq!(running.library.progress(), ScanProgress { found: 2, done: 2, changed: 2, ..Default::default() });

    let stored = story.store.track_file(tracks[1].id).await.unwrap().unwrap();
    let media = running.library.resolver().open(&stored).await.unwrap();
    assert_eq!((media.mime.as_str(), stored.path.as_str()), ("audio/wav", "Album/one.wav"));
    running.stop().await;
}

#[tokio::test]
async fn t1_a_broken_file_is_listed_with_its_reason_and_skips_nothing_else() {
    let story = Story::new();
    fs::write(story.path("empty.flac"), "").unwrap();
    fs::write(story.path("page.mp3"), "<html>".repeat(500)).unwrap();
    fs::write(story.path("torn.flac"), b"fLaC\0\0\0\x22").unwrap();
    fs::write(story.path("silent.wav"), &wav()[..44]).unwrap();
    song(&story.path("good.wav"), "Good");

    let running = story.run().await;

    assert_eq!(story.reason("empty.flac").await, "The file is empty.");
    for path in ["page.mp3", "torn.flac", "silent.wav"] {
        let reason = story.reason(path).await;
        assert!(reason.starts_with("This is not an audio file that Earshot can read: "), "{path}: {reason}");
    }
    assert_eq!(story.titles().await, ["Good"]);
    assert_eq!(running.library.progress().failed, 4);

    fs::write(story.path("empty.flac"), wav()).unwrap();
    until("a repaired file is a track", async || story.titles().await.len() == 2).await;
    assert_eq!(story.problems().await.len(), 3);
    running.stop().await;
}

#[tokio::test]
async fn t1_changes_on_disk_appear_by_themselves() {
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    let running = story.run().await;
    let first = story.tracks().await[0].id;

    song(&story.path("New folder/two.wav"), "Two");
    until("a new file appears", async || story.titles().await == ["One", "Two"]).await;

    song(&story.path("one.wav"), "One, renamed");
    until("new tags appear", async || story.titles().await[0] == "One, renamed").await;
    assert_eq!(story.tracks().await[0].id, first, "a known path keeps its id");

    fs::remove_dir_all(story.path("New folder")).unwrap();
    until("a vanished file goes", async || story.titles().await.len() == 1).await;
    running.stop().await;
}

#[tokio::test]
async fn t1_a_rescan_of_unchanged_files_reads_nothing() {
    let story = Story::new();
    for place in 0..25 {
        song(&story.path(&format!("{place}.wav")), &format!("Song {place}"));
    }
    fs::write(story.path("broken.mp3"), "nothing").unwrap();
    story.run().await.stop().await;
    let opened = fs::metadata(story.path("3.wav")).unwrap();
    let before = story.tracks().await;
    // Other contents under the same length and time: only a reader would notice.
    fs::write(story.path("3.wav"), vec![0; opened.len() as usize]).unwrap();
    let same_time = fs::File::options().write(true).open(story.path("3.wav")).unwrap();
    same_time.set_modified(opened.modified().unwrap()).unwrap();

    let running = story.run().await;
    running.library.rescan();
    story.scan_ends().await;

    assert_eq!(running.library.progress(), ScanProgress { found: 26, done: 26, ..Default::default() });
    assert_eq!(story.tracks().await, before);
    running.stop().await;
}

#[tokio::test]
async fn t1_hostile_tags_and_pictures_are_harmless() {
    let story = Story::new();
    tagged(&story.path("long.wav"), |tag| tag.set_title("x".repeat(2_000_000)));
    tagged(&story.path("heavy.wav"), |tag| {
        let noise = Picture::unchecked(vec![7; 21 << 20]).pic_type(PictureType::CoverFront).mime_type(MimeType::Png);
        tag.push_picture(noise.build());
    });
    fs::write(story.path("bomb.mp3"), compressed_frames()).unwrap();

    let running = story.run().await;

    let tracks = story.tracks().await;
    let lengths: Vec<_> = tracks.iter().map(|track| (track.title.len(), track.artwork.is_some())).collect();
    assert_eq!(lengths, [(5, false), (500, false)], "{:?}", story.problems().await);
    assert!(!story.reason("bomb.mp3").await.is_empty());
    running.stop().await;
}

/// An ID3v2.4 tag whose only frame says that it is compressed, in front of no music.
fn compressed_frames() -> Vec<u8> {
    let mut bytes = b"ID3\x04\0\0\0\0\0\x20TIT2\0\0\0\x16\0\x09\0\0\x7f\x7f".to_vec();
    bytes.resize(42 + 4_000, 0x78);
    bytes
}

#[cfg(unix)]
#[tokio::test]
async fn t1_a_link_out_of_the_folder_is_refused() {
    let story = Story::new();
    let outside = story.dir.path().join("outside");
    song(&outside.join("secret.wav"), "Secret");
    song(&story.path("inside.wav"), "Inside");
    std::os::unix::fs::symlink(outside.join("secret.wav"), story.path("link.wav")).unwrap();
    std::os::unix::fs::symlink(&outside, story.path("folder")).unwrap();
    std::os::unix::fs::symlink(story.path("gone.wav"), story.path("nowhere.wav")).unwrap();

    let running = story.run().await;

    assert_eq!(story.titles().await, ["Inside"]);
    let reason = story.reason("link.wav").await;
    assert_eq!(reason, "The file cannot be opened: it is a link that leads out of its music folder.");
    assert_eq!(story.reason("nowhere.wav").await, "This link leads nowhere.");
    running.stop().await;
}

#[tokio::test]
async fn t1_a_picture_is_decoded_once_and_found_beside_the_music() {
    let story = Story::new();
    let cover = png(300);
    for place in 0..12 {
        tagged(&story.path(&format!("Album/{place}.wav")), |tag| {
            tag.push_picture(Picture::unchecked(cover.clone()).pic_type(PictureType::CoverFront).build());
        });
        song(&story.path(&format!("Other/{place}.wav")), "Beside");
    }
    fs::write(story.path("Other/Cover.png"), png(200)).unwrap();

    let running = story.run().await;

    let tracks = story.tracks().await;
    assert!(tracks.iter().all(|track| track.artwork.as_ref().is_some_and(|artwork| artwork.tint == [200, 90, 30])));
    assert_eq!(running.library.tools.artworks.decoded(), 2);
    let id = tracks[0].artwork.as_ref().unwrap().id;
    assert!(running.library.artwork_file(id, 56).await.unwrap().is_file());
    running.stop().await;
}

#[tokio::test]
async fn t1_an_unreadable_folder_is_listed_and_keeps_its_music() {
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    let other = story.dir.path().join("other");
    song(&other.join("two.wav"), "Two");

    let both = Running::start(story.open(&["music", "other"]).await.unwrap());
    story.scan_ends().await;
    both.stop().await;
    fs::rename(&other, story.dir.path().join("unplugged")).unwrap();
    let one = Running::start(story.open(&["music", "other"]).await.unwrap());
    story.scan_ends().await;

    assert_eq!(story.titles().await, ["One", "Two"]);
    assert_eq!(story.reason("").await, "This folder cannot be read: entity not found.");

    fs::rename(story.dir.path().join("unplugged"), &other).unwrap();
    one.library.rescan();
    story.scan_ends().await;
    assert_eq!(story.problems().await, []);
    one.stop().await;
}

#[tokio::test]
async fn without_any_readable_folder_the_library_does_not_open() {
    let story = Story::new();

    let refused = story.open(&["nowhere", "neither"]).await.err().unwrap().to_string();

    assert!(refused.starts_with("None of the music folders can be read: "), "{refused}");
    assert!(refused.contains("nowhere (entity not found)"), "{refused}");
    assert!(story.open(&[]).await.is_ok(), "a library may be empty");
}

#[tokio::test]
async fn a_folder_inside_another_is_scanned_once() {
    let story = Story::new();
    song(&story.path("inner/one.wav"), "One");

    let library = story.open(&["music", "music/inner", "music/../music"]).await.unwrap();
    let running = Running::start(library);
    story.scan_ends().await;

    assert_eq!(story.titles().await, ["One"]);
    running.stop().await;
}

#[tokio::test]
async fn notes_are_few_and_the_last_one_is_true() {
    let story = Story::new();
    for place in 0..150 {
        song(&story.path(&format!("{place}.wav")), &format!("Song {place}"));
    }

    let running = Running::start(story.open(&["music"]).await.unwrap());
    let mut notes = Vec::new();
    until("the scan ends", async || {
        notes.extend(story.bus.notes());
        notes.iter().any(|note| matches!(note, Note::Scan(progress) if !progress.running))
    })
    .await;

    let ended = ScanProgress { running: false, found: 150, done: 150, changed: 150, failed: 0 };
    assert_eq!(notes.last(), Some(&Note::Scan(ended)));
    assert!(notes.iter().any(|note| matches!(note, Note::LibraryChanged { .. })));
    running.stop().await;
}
