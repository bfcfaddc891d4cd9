//! Lengths of time as people write them in tables: `30分钟`, `24小时`, `4工作小时`, `3工作日`, `5天`; `30min`, `24h`, `4wh`, `3wd`, `5d`.

use std::fmt;
use std::str::FromStr;

use super::Allowance;

/// Why a text is no length of time.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a length of time: write 30分钟, 24小时, 4工作小时, 3工作日 or 5天")]
pub struct InvalidAllowance(pub String);

/// Ten years in minutes: nothing takes longer.
const MINUTES_MAX: u32 = 10 * 366 * 24 * 60;

/// Ten years in days.
const DAYS_MAX: u32 = 3_660;

impl FromStr for Allowance {
    type Err = InvalidAllowance;

    fn from_str(text: &str) -> Result<Self, InvalidAllowance> {
        let wrong = || InvalidAllowance(text.chars().take(40).collect());
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let place = plain.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let (count, unit) = plain.split_at(place);
        let count: u32 = count.parse().map_err(|_| wrong())?;
        let minutes = |per: u32| count.checked_mul(per).filter(|m| (1..=MINUTES_MAX).contains(m));
        let days = (1..=DAYS_MAX).contains(&count).then_some(count);
        let found = match unit.to_ascii_lowercase().as_str() {
            "分钟" | "分" | "min" => minutes(1).map(|minutes| Self::RoundTheClock { minutes }),
            "小时" | "h" => minutes(60).map(|minutes| Self::RoundTheClock { minutes }),
            "工作分钟" | "wmin" => minutes(1).map(|minutes| Self::WorkingTime { minutes }),
            "工作小时" | "个工作小时" | "wh" => {
                minutes(60).map(|minutes| Self::WorkingTime { minutes })
            }
            "工作日" | "个工作日" | "wd" => days.map(|days| Self::WorkingDays { days }),
            "天" | "日" | "自然日" | "d" => days.map(|days| Self::CalendarDays { days }),
            _ => None,
        };
        found.ok_or_else(wrong)
    }
}

/// The short form, which reads back to the same.
impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RoundTheClock { minutes } if minutes % 60 == 0 => write!(f, "{}h", minutes / 60),
            Self::RoundTheClock { minutes } => write!(f, "{minutes}min"),
            Self::WorkingTime { minutes } if minutes % 60 == 0 => write!(f, "{}wh", minutes / 60),
            Self::WorkingTime { minutes } => write!(f, "{minutes}wmin"),
            Self::WorkingDays { days } => write!(f, "{days}wd"),
            Self::CalendarDays { days } => write!(f, "{days}d"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them_and_read_back() {
        let cases = [
            ("30分钟", Allowance::RoundTheClock { minutes: 30 }),
            ("24 小时", Allowance::RoundTheClock { minutes: 1_440 }),
            ("4工作小时", Allowance::WorkingTime { minutes: 240 }),
            ("3个工作日", Allowance::WorkingDays { days: 3 }),
            ("5天", Allowance::CalendarDays { days: 5 }),
            ("90wmin", Allowance::WorkingTime { minutes: 90 }),
        ];
        for (text, allowance) in cases {
            assert_eq!(text.parse(), Ok(allowance), "{text}");
            assert_eq!(allowance.to_string().parse(), Ok(allowance), "{text}");
        }
        for text in [
            "",
            "天",
            "0天",
            "3",
            "3年",
            "-3天",
            "99999999999h",
            "1.5h",
            "4000000000h",
        ] {
            assert!(text.parse::<Allowance>().is_err(), "{text}");
        }
    }
}
