//! Why something was not done, and what to do about it. What only a developer can use goes to the log.

use xunge_core::attachment::{PictureError, VoiceError};
use xunge_core::directory::AnswerProblem;
use xunge_core::draft::{Problem, Rule};
use xunge_core::error::Error;
use xunge_core::key_place::VisitRecordError;
use xunge_core::patrol::RefusedInput;
use xunge_core::person::PersonProblem;
use xunge_core::store::StoreError;
use xunge_core::sync::failure::SyncFailure;
use xunge_core::sync::transport::TransportError;

use super::{Lang, Words};

impl Words {
    /// Why the device did not do it.
    pub fn error(self, error: &Error) -> String {
        let text = match error {
            Error::Incomplete(problems) => return self.lines(problems, |p| self.problem(p, None)),
            Error::Person(problems) => return self.lines(problems, |p| self.person_problem(p).to_owned()),
            Error::NotAllowed(refusal) => self.refusal(*refusal),
            Error::Store(StoreError::File { path, .. } | StoreError::ReadOnly(path)) => {
                let what = self.pick("这个文件或文件夹用不了：", "this file or folder cannot be used: ");
                return format!("{what}{}", path.display());
            }
            Error::Store(error) => self.store_error(error),
            Error::Picture(error) => self.picture_error(error),
            Error::Voice(error) => self.voice_error(error),
            Error::Sync(failure) => return self.sync_failure(failure),
            Error::NotFound("patrol") => self.pick("现在没有巡查在进行", "no patrol is under way"),
            Error::NotFound(_) => self.pick("手机上没有", "it is not on this phone"),
            Error::EnrolmentCode(_) => self.pick(
                "这不是登记码：请用服务器给出的整行文字",
                "this is no enrolment code: take the whole line that the server gave",
            ),
            Error::EnrolmentRefused(_) => self.pick(
                "登记码已用过、过期或作废，请向指挥室再要一个",
                "the code was used, revoked or is too old: ask for a new one",
            ),
            Error::EnrolmentUnusable(_) => self.pick(
                "服务器的登记回复有问题，请告诉管理员",
                "the server's answer cannot be used: tell the administrator",
            ),
            Error::NotEnrolled => self.pick("还没有登记，请先登记", "enrol first"),
            Error::PinWrong { .. } => {
                self.pick("密码不对，请稍候再试", "the PIN is wrong: wait, then try again")
            }
            Error::Document(_) => self.pick(
                "这样写存不下，请改短一些",
                "it cannot be kept like this: make it shorter",
            ),
            Error::Rescue(_) => self.pick("救援文件没有写成", "the rescue file could not be made"),
            Error::Patrol(refused) => self.patrol_refused(*refused),
            Error::PatrolRuns => self.pick(
                "已有一次巡查在进行，请先结束",
                "a patrol is under way: end it first",
            ),
            Error::Visit(error) => self.visit_error(*error),
            Error::CoveragePicture(_) => self.pick("图没有画成", "the picture could not be drawn"),
        };
        text.to_owned()
    }

    fn patrol_refused(self, refused: RefusedInput) -> &'static str {
        match refused {
            RefusedInput::IsOver => self.pick("这次巡查已结束", "the patrol is over"),
            RefusedInput::IsPaused => self.pick("巡查已暂停", "the patrol is paused already"),
            RefusedInput::IsRunning => self.pick("巡查正在进行，没有暂停", "the patrol is not paused"),
            RefusedInput::NoGrid => self.pick(
                "还没有网格：先收发一次，或用 --grid 写明",
                "no grid: sync first, or name one with --grid",
            ),
        }
    }

    fn visit_error(self, error: VisitRecordError) -> &'static str {
        match error {
            VisitRecordError::NoReason => self.pick("请说明理由", "give a reason"),
            VisitRecordError::NoDay => self.pick(
                "日期不对：今天起一个月以内",
                "the day must lie within a month from today",
            ),
            VisitRecordError::Text | VisitRecordError::TooLarge => {
                self.pick("文字太长，请改短一些", "too long: shorten it")
            }
            VisitRecordError::Position => self.pick("位置不对", "this is no position"),
            VisitRecordError::Malformed | VisitRecordError::NotCanonical => self.pick(
                "程序出错，没有存下，请告诉管理员",
                "a defect: it was not kept; tell the administrator",
            ),
        }
    }

    fn lines<T>(self, items: &[T], say: impl Fn(&T) -> String) -> String {
        items.iter().map(say).collect::<Vec<_>>().join("\n")
    }

    /// One thing that is wrong with a draft; the category gives its own fields their labels.
    pub fn problem(self, problem: &Problem, category: Option<&xunge_core::directory::Category>) -> String {
        let field = self.field(&problem.field, category);
        if let (Rule::Answer { problem: what }, Some(category)) = (&problem.rule, category) {
            let id = problem.field.trim_start_matches("answers/");
            let spec = category.fields.iter().find(|spec| spec.id.as_str() == id);
            if let Some(spec) = spec.filter(|_| !matches!(what, AnswerProblem::Missing)) {
                return format!("{field}{}{}", self.colon(), self.takes(&spec.kind));
            }
        }
        let zh = match &problem.rule {
            Rule::Missing
            | Rule::Answer {
                problem: AnswerProblem::Missing,
            } => "要填",
            Rule::NothingShown => "拍照、录音、写字，至少一样",
            Rule::Unknown => "手机上没有这一项",
            Rule::NotOffered => "请选下面的小类",
            Rule::NotAGrid => "不是网格",
            Rule::OutsideTownship => "不在本镇",
            Rule::ResultMissing => "请拍处置后照片或说明结果",
            Rule::TooLong { .. } => "太长了",
            Rule::TooMany { .. } => "太多了",
            Rule::NotAPosition => "位置不对",
            Rule::Answer { .. } => "填得不合要求",
        };
        match self.0 {
            Lang::Zh => format!("{field}：{zh}"),
            Lang::En => format!("{field}: {}", problem.rule),
        }
    }

    fn person_problem(self, problem: &PersonProblem) -> &'static str {
        match problem {
            PersonProblem::Empty => self.pick("请写姓名或电话", "enter a name or a telephone number"),
            PersonProblem::NameTooLong => self.pick("姓名太长", "the name is too long"),
            PersonProblem::BadTelephone => self.pick(
                "电话不对：只写 3 到 20 位数字",
                "the telephone number must have 3 to 20 digits and nothing else",
            ),
            PersonProblem::RemarkTooLong => self.pick("说明太长", "the remark is too long"),
            PersonProblem::IdentityNumber => self.pick(
                "不要写身份证号：用不着，也不能留",
                "leave the identity-card number out: it may not be kept",
            ),
        }
    }

    fn store_error(self, error: &StoreError) -> &'static str {
        match error {
            StoreError::Full => self.pick(
                "手机存储满了：这一步没有存下，之前的都在；请清出空间再做一次",
                "the storage is full: this was not kept, all before it is; free some space and do it again",
            ),
            StoreError::Newer { .. } => self.pick(
                "数据来自更新的版本，请更新应用",
                "the data are of a newer version: update the app",
            ),
            StoreError::Busy => self.pick(
                "另一个程序正在用，请稍候再试",
                "another program is using it: try again",
            ),
            StoreError::Damaged(_) => self.pick(
                "数据有损坏：再打开一次会自动抢救",
                "the data are damaged: opening again saves what can be saved",
            ),
            StoreError::ReadOnly(_)
            | StoreError::NoCipher
            | StoreError::WrongKey
            | StoreError::KeyMissing
            | StoreError::DamagedFile { .. }
            | StoreError::Unreadable { .. }
            | StoreError::File { .. }
            | StoreError::Sql(_) => self.pick(
                "手机存储出错，请告诉管理员",
                "the storage failed: tell the administrator",
            ),
        }
    }

    fn picture_error(self, error: &PictureError) -> &'static str {
        match error {
            PictureError::Io(_) => self.pick(
                "照片文件打不开，请看看路径对不对",
                "the picture's file cannot be read: is the path right?",
            ),
            PictureError::UnknownFormat | PictureError::NotWhatItSays { .. } => self.pick(
                "不是 JPEG、PNG 或 WebP 照片，请换一张",
                "not a JPEG, PNG or WebP picture: take another",
            ),
            PictureError::Heic => self.pick(
                "HEIC 照片读不了，请把相机设成 JPEG",
                "HEIC is not read here: set the camera to JPEG",
            ),
            PictureError::TooManyPixels { .. } | PictureError::TooManyBytes { .. } => self.pick(
                "照片太大，请换一张小的",
                "the picture is too large: take a smaller one",
            ),
            PictureError::Unsupported { .. } => self.pick(
                "这种照片格式少见，请另存为普通 JPEG",
                "save it as a plain JPEG and choose it again",
            ),
            PictureError::Empty
            | PictureError::Truncated
            | PictureError::Broken { .. }
            | PictureError::Hollow { .. }
            | PictureError::Inconsistent => self.pick(
                "照片文件坏了，请重拍；原文件还在",
                "the picture is damaged: take it again; the file was kept",
            ),
        }
    }

    fn voice_error(self, error: &VoiceError) -> &'static str {
        match error {
            VoiceError::TooLong { .. } | VoiceError::TooManyBytes { .. } => self.pick(
                "录音太长，最多 60 秒",
                "the recording is too long: 60 seconds at most",
            ),
            VoiceError::NotM4a | VoiceError::NotAacLc { .. } | VoiceError::Unsupported(_) => self.pick(
                "不是能用的录音，请用应用录",
                "not a recording that can be taken: record it with the app",
            ),
            VoiceError::Empty | VoiceError::Truncated | VoiceError::Broken(_) => self.pick(
                "录音坏了，请重录；原文件还在",
                "the recording is damaged: record it again; the file was kept",
            ),
        }
    }

    /// Why no way to the server was found at all.
    pub fn transport_error(self, error: &TransportError) -> &'static str {
        match error {
            TransportError::Offline(_) | TransportError::Broken(_) | TransportError::Timeout => self.pick(
                "没有信号；已保存在本机，等有信号自动发送",
                "no network; what is saved here will be sent by itself",
            ),
            TransportError::Certificate(_) => self.pick(
                "服务器证书不被信任：请看手机时间对不对，或告诉管理员",
                "the server's certificate is not accepted: is the phone's clock right? else tell the administrator",
            ),
            TransportError::BadAddress(_) => self.pick("服务器地址不对", "this is no address of a server"),
        }
    }

    /// Why a sync did not go through.
    pub fn sync_failure(self, failure: &SyncFailure) -> String {
        let text = match failure {
            SyncFailure::Transport(error) => self.transport_error(error),
            SyncFailure::NotTheServer => self.pick(
                "网络要先登录（可能是公共无线网）；内容都在本机",
                "the network wants a log-in first; everything is on this phone",
            ),
            SyncFailure::SignInRequired => self.pick(
                "登记已失效，请重新登记；内容都在本机",
                "enrol again; everything is on this phone",
            ),
            SyncFailure::Forbidden(_) => self.pick(
                "服务器不允许，请告诉管理员；内容都在本机",
                "the server forbids it: tell the administrator; everything is on this phone",
            ),
            SyncFailure::Busy { .. } => self.pick(
                "镇里忙，稍后自动再发",
                "the server is busy; it is tried again by itself",
            ),
            SyncFailure::Cancelled => self.pick(
                "已停下；没发的还在本机",
                "stopped; what was not sent is on this phone",
            ),
            SyncFailure::TooLarge
            | SyncFailure::Server { .. }
            | SyncFailure::Rejected { .. }
            | SyncFailure::Protocol(_) => self.pick(
                "没有发成，稍后自动再发；内容都在本机",
                "it did not go through and is tried again by itself; everything is on this phone",
            ),
        };
        text.to_owned()
    }
}
