//! Who works in the township, in which post, with which phone.

use xunge_core::directory::{Person, Post, PostKind, Role};
use xunge_core::id::{PersonId, UnitId};

use super::{COUNTY, DEPARTMENTS, TOWNSHIP, VALID_FROM, VILLAGES, person_id, post_id, unit_id};

/// A phone and the people who have a profile on it.
#[derive(Clone, Debug)]
pub struct PhonePlan {
    /// What the phone is called in folders and on the progress display.
    pub label: String,
    /// The people who enrol on it, one profile each.
    pub profiles: Vec<PersonId>,
    /// Whether it is a chief's or a village head's.
    pub is_chiefs: bool,
}

/// Somebody who logs in at a desk.
#[derive(Clone, Debug)]
pub struct Account {
    /// The person.
    pub person: PersonId,
    /// The name to log in with.
    pub login: String,
    /// What the person does, for the list of log-ins.
    pub duty: &'static str,
    /// Where.
    pub unit: UnitId,
    /// In which role.
    pub role: Role,
}

/// The staff as directory records and plans.
pub(super) struct Staff {
    pub(super) people: Vec<Person>,
    pub(super) posts: Vec<Post>,
    pub(super) phones: Vec<PhonePlan>,
    pub(super) accounts: Vec<Account>,
}

/// How many workers there are, and on how many phones.
const WORKERS: usize = 40;
const WORKERS_PHONES: usize = 30;

const SURNAMES: [&str; 20] = [
    "王", "陈", "林", "叶", "周", "吴", "郑", "潘", "胡", "金", "徐", "朱", "李", "赵", "蒋", "项", "谢",
    "章", "戴", "麻",
];
const GIVEN: [&str; 23] = [
    "建国", "秀芬", "志明", "海燕", "永强", "小红", "国平", "丽君", "阿根", "晓东", "美珍", "立新", "春华",
    "文斌", "玉兰", "仁义", "思远", "佩佩", "光荣", "雪梅", "定海", "素琴", "一鸣",
];

/// The desks of the command room with their duty.
const ROOM: [(&str, Role, &str); 6] = [
    ("clerk", Role::Clerk, "信息员"),
    ("coordinator", Role::Coordinator, "综合协调岗"),
    ("triager", Role::Triager, "信息研判岗"),
    ("dispatcher", Role::Dispatcher, "流转督办岗"),
    ("inspector", Role::Inspector, "督查考评岗"),
    ("responder", Role::Responder, "应急机动岗"),
];

pub(super) fn staff(grids: &[UnitId]) -> Staff {
    let mut staff = Staff {
        people: Vec::new(),
        posts: Vec::new(),
        phones: Vec::new(),
        accounts: Vec::new(),
    };
    workers(&mut staff, grids);
    chiefs(&mut staff, grids);
    desks(&mut staff);
    staff
}

impl Staff {
    fn person(&mut self, code: &str) -> PersonId {
        let n = self.people.len();
        self.people.push(Person {
            id: person_id(code),
            name: format!("{}{}", SURNAMES[n % SURNAMES.len()], GIVEN[(n * 7) % GIVEN.len()]),
            // No subscriber has such a number: 555 is no operator's range after 199.
            telephone: Some(format!("1995550{:04}", 1000 + n)),
        });
        person_id(code)
    }

    fn post(&mut self, code: &str, unit: &UnitId, role: Role, person: &PersonId) {
        self.posts.push(Post {
            id: post_id(code),
            unit: unit.clone(),
            role,
            person: person.clone(),
            kind: PostKind::Appointment,
            held_from: VALID_FROM,
            held_to: None,
        });
    }
}

/// One worker a grid, the rest again from the first grid on; the worker of the 24th grid walks the market as well.
fn workers(staff: &mut Staff, grids: &[UnitId]) {
    let drawn = grids.len() - 1;
    for n in 0..WORKERS {
        let person = staff.person(&format!("w{:02}", n + 1));
        staff.post(
            &format!("p-w{:02}", n + 1),
            &grids[n % drawn],
            Role::Worker,
            &person,
        );
        if n == drawn - 1 {
            staff.post("p-w-market", &grids[drawn], Role::Worker, &person);
        }
    }
    for phone in 0..WORKERS_PHONES {
        let mut profiles = vec![person_id(&format!("w{:02}", phone + 1))];
        if phone + WORKERS_PHONES < WORKERS {
            profiles.push(person_id(&format!("w{:02}", phone + WORKERS_PHONES + 1)));
        }
        staff.phones.push(PhonePlan {
            label: format!("worker-{:02}", phone + 1),
            profiles,
            is_chiefs: false,
        });
    }
}

/// One chief a drawn grid (the last one answers for the market too) and a head for every village.
fn chiefs(staff: &mut Staff, grids: &[UnitId]) {
    let drawn = grids.len() - 1;
    for (n, grid) in grids[..drawn].iter().enumerate() {
        let person = staff.person(&format!("c{:02}", n + 1));
        staff.post(&format!("p-c{:02}", n + 1), grid, Role::Chief, &person);
        if n == drawn - 1 {
            staff.post("p-c-market", &grids[drawn], Role::Chief, &person);
        }
        staff.phones.push(PhonePlan {
            label: format!("chief-{:02}", n + 1),
            profiles: vec![person],
            is_chiefs: true,
        });
    }
    for (letter, ..) in VILLAGES {
        let code = letter.to_ascii_lowercase();
        let person = staff.person(&format!("v{code}"));
        staff.post(
            &format!("p-v{code}"),
            &unit_id(&format!("{TOWNSHIP}-{letter}")),
            Role::Chief,
            &person,
        );
        staff.phones.push(PhonePlan {
            label: format!("village-{code}"),
            profiles: vec![person],
            is_chiefs: true,
        });
    }
}

fn desks(staff: &mut Staff) {
    for (code, role, duty) in ROOM {
        desk(staff, code, &unit_id(TOWNSHIP), role, duty);
    }
    desk(staff, "supervisor", &unit_id(TOWNSHIP), Role::Supervisor, "督查");
    desk(staff, "admin", &unit_id(TOWNSHIP), Role::Administrator, "管理员");
    desk(staff, "county", &unit_id(COUNTY), Role::Dispatcher, "县级调度");
    // Chiefs work on their phones; one of them and a village head show what they see in a browser.
    for (code, unit, duty) in [("c05", "A5", "网格长"), ("va", "A", "村级负责人")] {
        staff.accounts.push(Account {
            person: person_id(code),
            login: code.to_owned(),
            duty,
            unit: unit_id(&format!("{TOWNSHIP}-{unit}")),
            role: Role::Chief,
        });
    }
    for (code, name, has_accounts) in DEPARTMENTS {
        if has_accounts {
            let unit = unit_id(&format!("{TOWNSHIP}-{code}"));
            desk(
                staff,
                &format!("dept-{code}"),
                &unit,
                Role::DepartmentMember,
                name,
            );
        }
    }
}

fn desk(staff: &mut Staff, code: &str, unit: &UnitId, role: Role, duty: &'static str) {
    let person = staff.person(code);
    staff.post(&format!("p-{code}"), unit, role, &person);
    staff.accounts.push(Account {
        person,
        login: code.to_owned(),
        duty,
        unit: unit.clone(),
        role,
    });
}
