//! A township whose certificate is made with a root of its own, behind a proxy that speaks TLS: the code names the root, and nobody else's
//! certificate is taken for the township's.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use xunge_core::app::{Device, Phone, PhoneConfig, ProfileInfo};
use xunge_core::enrolment::{EnrolmentCode, ROOT_PATH};
use xunge_core::sync::transport::{CancelToken, HttpTransport, TransportError};
use xunge_core::time::SystemClock;
use xunge_server::config::Config;

use super::town::{OPERATOR, Town};

/// A root of somebody's own.
type Root = CertifiedIssuer<'static, KeyPair>;

fn root() -> Root {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Speaks TLS on a port under a root, and passes everything on in the clear.
struct Front {
    runtime: tokio::runtime::Runtime,
}

impl Front {
    fn start(listener: TcpListener, root: &Root, to: SocketAddr) -> Self {
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, root)
            .unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // Who does not trust us goes away again.
                    let Ok(mut stream) = acceptor.accept(stream).await else {
                        return;
                    };
                    let mut server = TcpStream::connect(to).await.unwrap();
                    drop(tokio::io::copy_bidirectional(&mut stream, &mut server).await);
                });
            }
        });
        Self { runtime }
    }

    fn stop(self) {
        self.runtime.shutdown_background();
    }
}

/// A township behind a front, and where it is for phones.
fn town(root: &Root) -> (Town, Front, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let town = Town::open_with(|config: &mut Config| {
        config.public_url = Some(format!("https://127.0.0.1:{}", at.port()));
        config.root_pem = Some(root.pem());
    });
    let front = Front::start(listener, root, town.at);
    (town, front, at)
}

fn code(town: &Town, person: &str) -> EnrolmentCode {
    let person = person.parse().unwrap();
    let ticket = town.service().enrolment_create(&OPERATOR, &person, None).unwrap();
    town.app.config.enrolment_code(ticket.secret)
}

fn open(phone: &Phone, profile: &ProfileInfo) -> (Arc<Device>, HttpTransport) {
    let way = HttpTransport::for_profile(&profile.base_url, profile.root_pem.as_deref(), b"").unwrap();
    (phone.device(&profile.id, None).unwrap(), way)
}

#[test]
fn a_phone_trusts_the_root_that_its_code_names_and_no_other_afterwards() {
    let (ours, theirs) = (root(), root());
    let (town, front, at) = town(&ours);
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), PhoneConfig::new(Arc::new(SystemClock), "test")).unwrap();
    let code = code(&town, "w1");
    // Nothing that this machine trusts vouches for the township.
    let plain = HttpTransport::new(&code.base_url, b"").unwrap();
    let unnamed = EnrolmentCode {
        root: None,
        ..code.clone()
    };
    let refused = phone.enrol(&unnamed.to_string(), &plain).unwrap_err();
    assert!(refused.to_string().contains("certificate"), "{refused}");
    // A way that is not under the named root is not taken, whoever made it.
    let refused = phone.enrol(&code.to_string(), &plain).unwrap_err();
    assert!(
        refused.to_string().contains("the root that the code names"),
        "{refused}"
    );

    let way = HttpTransport::for_code(&code, b"").unwrap();
    phone.enrol(&code.to_string(), &way).unwrap();
    let profile = phone.profiles().unwrap().remove(0);
    assert_eq!(profile.root_pem.as_deref(), Some(ours.pem().as_str()));
    let (device, way) = open(&phone, &profile);
    assert!(device.sync(&way, &CancelToken::new()).is_complete());

    // Somebody takes the address over, with a certificate of a root of his own.
    front.stop();
    drop((device, way));
    let listener = TcpListener::bind(at).unwrap();
    let _false_front = Front::start(listener, &theirs, town.at);
    let (device, way) = open(&phone, &profile);
    let report = device.sync(&way, &CancelToken::new());
    let failure = format!("{:?}", report.failure);
    assert!(failure.contains("Certificate"), "{failure}");
}

#[test]
fn a_server_with_another_root_than_the_code_names_is_not_asked_to_enrol() {
    let (ours, theirs) = (root(), root());
    let (town, _front, _) = town(&theirs);
    let mut code = code(&town, "w1");
    code.root = Some(xunge_core::enrolment::RootPin::of(ours.pem().as_bytes()));
    let refused = HttpTransport::for_code(&code, b"").unwrap_err();
    assert!(matches!(refused, TransportError::Certificate(_)), "{refused}");
    // The secret was not told: the code still enrols whoever holds the right one.
    let right = town.app.config.enrolment_code(code.secret);
    let folder = tempfile::tempdir().unwrap();
    let phone = Phone::open(folder.path(), PhoneConfig::new(Arc::new(SystemClock), "test")).unwrap();
    let way = HttpTransport::for_code(&right, b"").unwrap();
    phone.enrol(&right.to_string(), &way).unwrap();
}

#[test]
fn the_root_is_given_to_anybody_and_is_not_there_where_there_is_none() {
    let ours = root();
    let (with, _front, _) = town(&ours);
    let given = with.send("GET", ROOT_PATH, &[], b"");
    assert_eq!((given.status, given.body), (200, ours.pem().into_bytes()));
    assert_eq!(Town::open().send("GET", ROOT_PATH, &[], b"").status, 404);
}
