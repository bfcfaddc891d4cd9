//! Why tracking would die on this phone, in plain words, before it does.
//!
//! A shell reports what its system lets it see as [`PlatformFacts`]; [`self_test`] says what is wrong with them and what the worker can do.
//! What the platforms must do so that a patrol survives:
//!
//! - Android: a foreground service of type `location` with a lasting notification, begun while the app is in front; `ACCESS_FINE_LOCATION`
//!   while in use (background location is not needed then); exemption from battery optimisation; on several makers' systems also the
//!   maker's own list of apps that may start themselves. The service is sticky and calls `reopen` when the system starts it again. Fixes
//!   come from `FusedLocationProviderClient` where there is one, else from the satellite provider; the stamp is the fix's own elapsed
//!   realtime, not that of its arrival.
//! - iOS: `allowsBackgroundLocationUpdates` with the `location` background mode, `pausesLocationUpdatesAutomatically` off,
//!   and full accuracy.

use crate::in_order::InOrder;
use serde::{Deserialize, Serialize};

/// What a shell can see of its system. `None` means that the system does not say or that the fact does not exist there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PlatformFacts {
    /// Whether the app may use precise location while it is in front or has its lasting notification.
    pub has_precise_location: Option<bool>,
    /// Whether the app may use at least coarse location.
    pub has_coarse_location: Option<bool>,
    /// Whether location is on in the system's settings.
    pub is_location_on: Option<bool>,
    /// Whether the satellite provider is on (not "network only", "battery saving").
    pub is_satellite_on: Option<bool>,
    /// Whether a foreground service (iOS: background location) may run.
    pub may_run_in_background: Option<bool>,
    /// Whether the lasting notification may be shown.
    pub may_notify: Option<bool>,
    /// Whether the app is exempt from battery optimisation.
    pub is_exempt_from_battery_saving: Option<bool>,
    /// Whether the system's power-saving mode is on now.
    pub is_power_saving: Option<bool>,
    /// Whether the maker's own list lets the app start itself and stay; makers rarely tell.
    pub may_start_itself: Option<bool>,
    /// The maker, where it is one whose system closes apps of its own accord.
    pub maker: Option<PhoneMaker>,
    /// Whether a test provider is chosen as source of positions.
    pub is_mock_provider_on: Option<bool>,
    /// The battery in percent.
    pub battery_percent: Option<u8>,
    /// Whether the phone is being charged.
    pub is_charging: Option<bool>,
    /// Free storage in bytes.
    pub free_bytes: Option<u64>,
    /// How often the system closed the app during the last patrols.
    pub killed_count: u32,
    /// For how many minutes no position came that could be kept while a patrol runs; `None` where positions come or no patrol runs.
    pub silent_min: Option<u32>,
}

/// Makers whose Android closes apps by a list of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneMaker {
    /// Huawei.
    Huawei,
    /// Honor.
    Honor,
    /// Xiaomi and Redmi.
    Xiaomi,
    /// OPPO, realme and OnePlus.
    Oppo,
    /// vivo and iQOO.
    Vivo,
    /// Samsung.
    Samsung,
    /// Meizu.
    Meizu,
}

impl PhoneMaker {
    /// Where the worker finds the maker's list, in Chinese and in English.
    pub fn path_words(self) -> (&'static str, &'static str) {
        match self {
            Self::Huawei | Self::Honor => (
                "设置 > 应用和服务 > 应用启动管理 > 巡格：关闭“自动管理”，三项都打开",
                "Settings > Apps > App launch > Xunge: manage manually, switch all three on",
            ),
            Self::Xiaomi => (
                "设置 > 应用设置 > 应用管理 > 巡格：打开“自启动”，省电策略选“无限制”",
                "Settings > Apps > Manage apps > Xunge: Autostart on, battery saver: no restrictions",
            ),
            Self::Oppo => (
                "设置 > 应用 > 自启动：打开巡格；电池 > 应用耗电管理 > 巡格：允许后台运行",
                "Settings > Apps > Auto launch: Xunge on; Battery > App battery use > Xunge: allow background",
            ),
            Self::Vivo => (
                "i管家 > 应用管理 > 权限 > 自启动：打开巡格；设置 > 电池 > 后台高耗电：允许巡格",
                "iManager > Autostart: Xunge on; Settings > Battery > High background use: allow Xunge",
            ),
            Self::Samsung => (
                "设置 > 电池 > 后台使用限制：把巡格加入“从不休眠的应用”",
                "Settings > Battery > Background limits: add Xunge to apps that never sleep",
            ),
            Self::Meizu => (
                "手机管家 > 权限管理 > 后台管理 > 巡格：允许后台运行",
                "Security > Permissions > Background > Xunge: allow",
            ),
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing will be recorded.
    Blocks,
    /// Recording is likely to be cut off or to be poor.
    Risks,
    /// Worth knowing.
    Hint,
}

/// Something that would make tracking die or be poor here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// Location is off in the system.
    LocationOff,
    /// The app may not use location at all.
    NoPermission,
    /// Only coarse location is allowed: errors of kilometres.
    OnlyCoarse,
    /// The system will not let the app run behind.
    NoBackground,
    /// Satellites are off: positions come from the network alone.
    NoSatellites,
    /// Battery optimisation may close the app.
    BatterySaving,
    /// Power-saving mode slows or stops location.
    PowerSaving,
    /// The maker's list may close the app.
    MakerList {
        /// The maker.
        maker: PhoneMaker,
    },
    /// The lasting notification is hidden, so some systems end the recording.
    NoNotification,
    /// A test provider makes up positions: what it gives is flagged and counts as unknown.
    MockProvider,
    /// The battery will not last.
    BatteryLow {
        /// In percent.
        percent: u8,
    },
    /// Storage is nearly full.
    StorageLow,
    /// The system closed the app during the last patrols.
    WasKilled {
        /// How often.
        count: u32,
    },
    /// A patrol runs and no position comes that could be kept.
    NoFixes {
        /// For how many minutes.
        minutes: u32,
    },
}

impl Finding {
    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::LocationOff | Self::NoPermission | Self::NoFixes { .. } => Severity::Blocks,
            Self::OnlyCoarse
            | Self::NoBackground
            | Self::NoSatellites
            | Self::BatterySaving
            | Self::PowerSaving
            | Self::MockProvider
            | Self::StorageLow
            | Self::WasKilled { .. } => Severity::Risks,
            Self::MakerList { .. } | Self::NoNotification | Self::BatteryLow { .. } => Severity::Hint,
        }
    }

    /// The key under which a shell keeps its own words; never changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::LocationOff => "location_off",
            Self::NoPermission => "no_permission",
            Self::OnlyCoarse => "only_coarse",
            Self::NoBackground => "no_background",
            Self::NoSatellites => "no_satellites",
            Self::BatterySaving => "battery_saving",
            Self::PowerSaving => "power_saving",
            Self::MakerList { .. } => "maker_list",
            Self::NoNotification => "no_notification",
            Self::MockProvider => "mock_provider",
            Self::BatteryLow { .. } => "battery_low",
            Self::StorageLow => "storage_low",
            Self::WasKilled { .. } => "was_killed",
            Self::NoFixes { .. } => "no_fixes",
        }
    }

    /// What is wrong and what to do, in Chinese and in English.
    pub fn words(self) -> (String, String) {
        let plain = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
        match self {
            Self::LocationOff => plain(
                "手机定位没有打开，巡查不会被记录。请打开定位。",
                "Location is off: nothing would be recorded. Switch it on.",
            ),
            Self::NoPermission => plain(
                "没有定位权限，巡查不会被记录。请允许“使用期间”定位。",
                "The app may not use location: nothing would be recorded. Allow it while in use.",
            ),
            Self::OnlyCoarse => plain(
                "只允许了大致位置，误差有几公里。请打开“精确位置”。",
                "Only coarse location is allowed, kilometres off. Switch precise location on.",
            ),
            Self::NoBackground => plain(
                "锁屏后系统会停止记录。请允许后台定位。",
                "Recording would stop when the screen is off. Allow location in the background.",
            ),
            Self::NoSatellites => plain(
                "定位模式不含卫星，误差很大。请选择“高精度”。",
                "Satellites are switched off. Choose high accuracy.",
            ),
            Self::BatterySaving => plain(
                "系统省电会关闭巡格。请在电池优化里选择“不优化”。",
                "Battery optimisation may close the app. Exempt it.",
            ),
            Self::PowerSaving => plain(
                "省电模式已打开，定位会变慢或停止。",
                "Power saving is on: location becomes slow or stops.",
            ),
            Self::MakerList { maker } => {
                let (zh, en) = maker.path_words();
                (
                    format!("这款手机可能自行关闭应用。{zh}。"),
                    format!("This phone may close apps by itself. {en}."),
                )
            }
            Self::NoNotification => plain(
                "通知被关闭，有的手机会因此停止记录。",
                "Notifications are off; some phones then stop the recording.",
            ),
            Self::MockProvider => plain(
                "模拟定位已打开：这些位置会注明，只算“无法确定”。",
                "A mock provider is on: its positions are flagged and count as unknown.",
            ),
            Self::BatteryLow { percent } => (
                format!("电量只有 {percent}%，可能不够巡查。"),
                format!("The battery has {percent} % left and may not last."),
            ),
            Self::StorageLow => plain(
                "手机空间快满了，请先清理。",
                "Storage is nearly full. Make room first.",
            ),
            Self::WasKilled { count } => (
                format!("最近的巡查中，系统关闭了应用 {count} 次。请检查上面的设置。"),
                format!(
                    "The system closed the app {count} times during the last patrols. Check the settings."
                ),
            ),
            Self::NoFixes { minutes } => no_fixes_words(minutes),
        }
    }
}

fn no_fixes_words(minutes: u32) -> (String, String) {
    (
        format!("巡查中，但 {minutes} 分钟没有可用的位置，没有记录。请到开阔处，或把定位关掉再打开。"),
        format!(
            "On patrol, but no usable position for {minutes} min: nothing is recorded. Step into the open, or switch \
             location off and on."
        ),
    )
}

/// What a shell implements: it looks at its system and reports facts, nothing more.
pub trait PlatformSelfTest: Send + Sync {
    /// The facts as they stand now.
    fn facts(&self) -> PlatformFacts;
}

/// Below this battery a hint is given, in percent.
const BATTERY_PERCENT_MIN: u8 = 20;

/// Below this free storage recording is at risk, in bytes: a day's track takes 0.1 MB, but SQLite and pictures need room.
const FREE_BYTES_MIN: u64 = 64 << 20;

/// What is wrong here, the worst first.
pub fn self_test(facts: &PlatformFacts) -> Vec<Finding> {
    let is = |fact: Option<bool>| fact == Some(true);
    let is_not = |fact: Option<bool>| fact == Some(false);
    let mut findings = Vec::new();
    let mut find = |is_so: bool, finding: Finding| findings.extend(is_so.then_some(finding));
    find(is_not(facts.is_location_on), Finding::LocationOff);
    let has_none = is_not(facts.has_precise_location) && !is(facts.has_coarse_location);
    find(has_none, Finding::NoPermission);
    let has_coarse = is_not(facts.has_precise_location) && is(facts.has_coarse_location);
    find(has_coarse, Finding::OnlyCoarse);
    if let Some(minutes) = facts.silent_min {
        find(true, Finding::NoFixes { minutes });
    }
    find(is_not(facts.may_run_in_background), Finding::NoBackground);
    find(is_not(facts.is_satellite_on), Finding::NoSatellites);
    find(
        is_not(facts.is_exempt_from_battery_saving),
        Finding::BatterySaving,
    );
    find(is(facts.is_power_saving), Finding::PowerSaving);
    find(is(facts.is_mock_provider_on), Finding::MockProvider);
    find(
        facts.free_bytes.is_some_and(|free| free < FREE_BYTES_MIN),
        Finding::StorageLow,
    );
    let count = facts.killed_count;
    find(count > 0, Finding::WasKilled { count });
    if let Some(maker) = facts.maker.filter(|_| !is(facts.may_start_itself)) {
        find(true, Finding::MakerList { maker });
    }
    find(is_not(facts.may_notify), Finding::NoNotification);
    if let Some(percent) = facts.battery_percent.filter(|_| !is(facts.is_charging)) {
        find(percent < BATTERY_PERCENT_MIN, Finding::BatteryLow { percent });
    }
    findings.order_by_key(|finding| finding.severity());
    findings
}

#[cfg(test)]
mod tests;
