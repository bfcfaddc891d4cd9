//! A source of map tiles, where the township has one. Without it maps are drawn on a plain ground, and no page needs the internet.

/// In which datum the tiles are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TileDatum {
    /// WGS 84 or CGCS2000, which agree to a metre.
    #[default]
    Wgs84,
    /// GCJ-02, as maps published in China: what is drawn on them is shifted.
    Gcj02,
}

/// Tiles that maps of the console may lie on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tiles {
    /// The address with `{x}`, `{y}` and `{z}`.
    pub url: String,
    /// What must be said of their origin.
    pub attribution: String,
    /// Their datum.
    pub datum: TileDatum,
}

impl Tiles {
    /// Whether an address names all three numbers and may be asked by a browser.
    pub(super) fn is_url(url: &str) -> bool {
        let is_web = url.starts_with("https://") || url.starts_with("http://") || url.starts_with('/');
        is_web
            && ["{x}", "{y}", "{z}"].iter().all(|part| url.contains(part))
            && !url
                .contains(|c: char| c.is_whitespace() || c.is_control() || c == ';' || c == ',' || c == '"')
    }

    /// Scheme, host and port, for the pages' security policy; `None` where the tiles come from this server's own address.
    pub fn origin(&self) -> Option<String> {
        let (scheme, rest) = self.url.split_once("://")?;
        let host = rest.split('/').next()?;
        // A name such as `{a-c}.tiles.example` stands for several hosts.
        let host = match host.split_once('.') {
            Some((first, rest)) if first.contains('{') => format!("*.{rest}"),
            _ => host.to_owned(),
        };
        Some(format!("{scheme}://{host}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_host_alone() {
        let of = |url: &str| Tiles {
            url: url.to_owned(),
            ..Tiles::default()
        };
        assert_eq!(
            of("https://t.example:8443/w/{z}/{x}/{y}.png").origin().as_deref(),
            Some("https://t.example:8443")
        );
        assert_eq!(
            of("https://{a-c}.tiles.example/{z}/{x}/{y}").origin().as_deref(),
            Some("https://*.tiles.example")
        );
        assert_eq!(of("/tiles/{z}/{x}/{y}.png").origin(), None);
        assert!(!Tiles::is_url("https://t.example/{z}/{x}.png"));
        assert!(!Tiles::is_url("https://t.example/{z}/{x}/{y}; script-src *"));
    }
}
