//! The one place in the tests that talks to SQLite in C: the system's file layer with a drive in front of it.
//!
//! The layer is registered as the default one of the process. Files that lie on no mounted drive are opened by the system's layer itself
//! and never come here again; files on a drive keep the system's file behind our own and ask the drive before they change anything.

#![expect(unsafe_code, reason = "SQLite's file layer is a table of C functions")]

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use rusqlite::ffi;

use super::{Drive, Refusal, Unsynced};

/// The drives of this process.
static DRIVES: Mutex<Vec<Weak<Drive>>> = Mutex::new(Vec::new());

/// The system's layer, as an address so that threads may share it: SQLite never frees it.
static SYSTEM: OnceLock<usize> = OnceLock::new();

/// A file on a drive; the system's file follows it in memory.
#[repr(C)]
struct DriveFile {
    /// What SQLite calls; null before the file is open.
    methods: *const ffi::sqlite3_io_methods,
    /// Owned: made by the opening, freed by the closing.
    held: *mut Held,
}

struct Held {
    drive: Arc<Drive>,
    path: PathBuf,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

pub(super) fn mount(drive: &Arc<Drive>) {
    SYSTEM.get_or_init(register);
    let mut drives = DRIVES.lock().expect("nobody panics with the list");
    drives.retain(|known| known.strong_count() > 0);
    drives.push(Arc::downgrade(drive));
}

/// Puts our layer before the system's; returns the address of the latter.
fn register() -> usize {
    // SAFETY: `sqlite3_vfs_find` initialises SQLite and returns its default layer, which lives as long as the process. Ours is a copy of
    // it that is leaked, so it lives as long too; only the two functions that must know of drives and the size of a file differ.
    unsafe {
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        assert!(!system.is_null(), "SQLite has a file layer");
        let ours = Box::leak(Box::new(std::ptr::read(system)));
        let extra = c_int::try_from(size_of::<DriveFile>()).expect("a file is small");
        ours.szOsFile = (*system).szOsFile + extra;
        ours.zName = c"xunge-drive".as_ptr();
        ours.pNext = std::ptr::null_mut();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        assert_eq!(ffi::sqlite3_vfs_register(ours, 1), ffi::SQLITE_OK);
        system as usize
    }
}

fn system() -> *mut ffi::sqlite3_vfs {
    *SYSTEM.get().expect("registered before anything opens") as *mut ffi::sqlite3_vfs
}

/// The drive on which a path lies. `name` must be null or a C string.
unsafe fn drive_of(name: *const c_char) -> Option<(Arc<Drive>, PathBuf)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: the caller has a C string from SQLite.
    let path = Path::new(OsStr::from_bytes(unsafe { CStr::from_ptr(name) }.to_bytes()));
    let drives = DRIVES.lock().expect("nobody panics with the list");
    let drive = drives
        .iter()
        .filter_map(Weak::upgrade)
        .find(|drive| path.starts_with(&drive.folder));
    drive.map(|drive| (drive, path.to_owned()))
}

/// The code that SQLite gets for a refused write.
fn code(refusal: Refusal, broken: c_int) -> c_int {
    match refusal {
        Refusal::Full => ffi::SQLITE_FULL,
        Refusal::Broken => broken,
    }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let _ = vfs;
    let system = system();
    // SAFETY: SQLite gives `szOsFile` bytes at `file`: enough for the system's file alone, and for ours with the system's behind it. The
    // system's own table says how to open.
    unsafe {
        let open = (*system).xOpen.expect("every layer opens files");
        let Some((drive, path)) = drive_of(name) else {
            return open(system, name, file, flags, out);
        };
        let ours = file.cast::<DriveFile>();
        (*ours).methods = std::ptr::null();
        if !drive.has_power() {
            return ffi::SQLITE_CANTOPEN;
        }
        let rc = open(system, name, behind(file), flags, out);
        if rc == ffi::SQLITE_OK {
            (*ours).held = Box::into_raw(Box::new(Held { drive, path }));
            (*ours).methods = &raw const METHODS;
        }
        rc
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_folder: c_int) -> c_int {
    let _ = vfs;
    // SAFETY: SQLite gives a C string; the system's table says how to delete.
    unsafe {
        if let Some((drive, path)) = drive_of(name) {
            if let Err(refusal) = drive.admit()
                && refusal == Refusal::Broken
            {
                return ffi::SQLITE_IOERR_DELETE;
            }
            drive.forget(&path);
        }
        (*system()).xDelete.expect("every layer deletes")(system(), name, sync_folder)
    }
}

/// The system's file behind ours.
unsafe fn behind(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: the layer's `szOsFile` has room for both, and `DriveFile` is a whole number of words.
    unsafe { file.byte_add(size_of::<DriveFile>()) }
}

/// The system's methods for the file behind ours, with that file.
unsafe fn real(file: *mut ffi::sqlite3_file) -> (&'static ffi::sqlite3_io_methods, *mut ffi::sqlite3_file) {
    // SAFETY: only called for files that are open, whose methods are a static table of SQLite's.
    unsafe {
        let real = behind(file);
        (&*(*real).pMethods, real)
    }
}

unsafe fn held<'a>(file: *mut ffi::sqlite3_file) -> &'a Held {
    // SAFETY: set when the file was opened, freed when it is closed; SQLite uses a file from one thread at a time.
    unsafe { &*(*file.cast::<DriveFile>()).held }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the file is open, and nobody uses it afterwards.
    unsafe {
        let (methods, real) = real(file);
        let rc = methods.xClose.expect("files close")(real);
        let ours = file.cast::<DriveFile>();
        drop(Box::from_raw((*ours).held));
        (*ours).methods = std::ptr::null();
        rc
    }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, to: *mut c_void, len: c_int, at: i64) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        if !held(file).drive.has_power() {
            return ffi::SQLITE_IOERR_READ;
        }
        let (methods, real) = real(file);
        methods.xRead.expect("files are read")(real, to, len, at)
    }
}

/// What stands in a file at a place, as far as it reaches, and the file's length.
unsafe fn standing(file: *mut ffi::sqlite3_file, at: i64, len: usize) -> (Vec<u8>, u64) {
    // SAFETY: the buffer is as long as what is read into it, and the file is open.
    unsafe {
        let (methods, real) = real(file);
        let mut size = 0;
        methods.xFileSize.expect("files have a length")(real, &raw mut size);
        let reach = usize::try_from((size - at).max(0)).unwrap_or(0).min(len);
        let mut old = vec![0; reach];
        if let Ok(bytes) = c_int::try_from(reach)
            && bytes > 0
        {
            methods.xRead.expect("files are read")(real, old.as_mut_ptr().cast(), bytes, at);
        }
        (old, u64::try_from(size).unwrap_or(0))
    }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, len: c_int, at: i64) -> c_int {
    // SAFETY: SQLite gives `len` bytes at `from`; the rest is forwarded for a file that is open.
    unsafe {
        let held = held(file);
        if let Err(refusal) = held.drive.admit() {
            return code(refusal, ffi::SQLITE_IOERR_WRITE);
        }
        let bytes = usize::try_from(len).unwrap_or(0);
        let (old, old_len) = standing(file, at, bytes);
        let new = std::slice::from_raw_parts(from.cast::<u8>(), bytes).to_vec();
        let offset = u64::try_from(at).unwrap_or(0);
        let change = Unsynced {
            offset,
            new,
            old,
            old_len,
            truncated_to: None,
        };
        held.drive.note(&held.path, change);
        let (methods, real) = real(file);
        methods.xWrite.expect("files are written")(real, from, len, at)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let held = held(file);
        if let Err(refusal) = held.drive.admit() {
            return code(refusal, ffi::SQLITE_IOERR_TRUNCATE);
        }
        let (old, old_len) = standing(file, size, usize::MAX);
        let offset = u64::try_from(size).unwrap_or(0);
        let change = Unsynced {
            offset,
            new: Vec::new(),
            old,
            old_len,
            truncated_to: Some(offset),
        };
        held.drive.note(&held.path, change);
        let (methods, real) = real(file);
        methods.xTruncate.expect("files are cut")(real, size)
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    let _ = flags;
    // SAFETY: the file is open. Nothing is forwarded: the test's folder needs no real sync, and the drive has its own account.
    unsafe {
        let held = held(file);
        if let Err(refusal) = held.drive.admit() {
            return code(refusal, ffi::SQLITE_IOERR_FSYNC);
        }
        held.drive.forget(&held.path);
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xFileSize.expect("files have a length")(real, size)
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xLock.expect("files are locked")(real, level)
    }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xUnlock.expect("files are unlocked")(real, level)
    }
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xCheckReservedLock.expect("locks are asked for")(real, out)
    }
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, op: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xFileControl.expect("files are controlled")(real, op, argument)
    }
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xSectorSize.map_or(0, |ask| ask(real))
    }
}

unsafe extern "C" fn device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xDeviceCharacteristics.map_or(0, |ask| ask(real))
    }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    page_bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open. Shared memory needs no drive.
    unsafe {
        let (methods, real) = real(file);
        methods.xShmMap.expect("memory is shared")(real, page, page_bytes, extend, out)
    }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, n: c_int, flags: c_int) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xShmLock.expect("memory is shared")(real, offset, n, flags)
    }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xShmBarrier.expect("memory is shared")(real);
    }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: forwarded as it came, for a file that is open.
    unsafe {
        let (methods, real) = real(file);
        methods.xShmUnmap.expect("memory is shared")(real, delete)
    }
}
