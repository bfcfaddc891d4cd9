//! Somebody who is at the database past the server.

use xunge_server::store::{DatabasePlace, PostgresAddress};

/// Somebody at the database: runs a statement past the server and says how many rows it changed. `zeroblob(n)` stands for n zero bytes,
/// `x'…'` for bytes in hexadecimal digits.
pub(crate) fn tamper(place: &DatabasePlace, sql: &str) -> u64 {
    match place {
        DatabasePlace::File(path) => {
            let database = rusqlite::Connection::open(path).expect("the file is there");
            let changed = database.execute(sql, []).expect("the statement fits the tables");
            changed as u64
        }
        DatabasePlace::Postgres(address) => at_postgres(address, |client, runtime| {
            let changed = runtime.block_on(client.execute(&for_postgres(sql), &[]));
            changed.expect("the statement fits the tables")
        }),
    }
}

/// Somebody at the database: one number.
pub(crate) fn number(place: &DatabasePlace, sql: &str) -> i64 {
    match place {
        DatabasePlace::File(path) => {
            let database = rusqlite::Connection::open(path).expect("the file is there");
            database.query_row(sql, [], |row| row.get(0)).expect("one number")
        }
        DatabasePlace::Postgres(address) => at_postgres(address, |client, runtime| {
            let row = runtime.block_on(client.query_one(sql, &[]));
            row.expect("one row").get(0)
        }),
    }
}

/// The same statement in the other engine's words.
fn for_postgres(sql: &str) -> String {
    let mut text = sql.to_owned();
    while let Some(from) = text.find("zeroblob(") {
        let inner = from + "zeroblob(".len();
        let mut depth = 1;
        let end = text[inner..].find(|c: char| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        let end = inner + end.expect("the bracket is closed");
        let count = text[inner..end].to_owned();
        text.replace_range(from..=end, &format!("decode(repeat('00', {count}), 'hex')"));
    }
    let flipped = "CAST(substr(body, 1, 40) || x'00' || substr(body, 42) AS BLOB)";
    text = text.replace(flipped, "set_byte(body, 40, 255 - get_byte(body, 40))");
    // Bytes in hexadecimal digits: a space stands before them.
    let mut from = 0;
    while let Some(at) = text[from..].find(" x'").map(|found| from + found + 1) {
        let digits = text[at + 2..].split('\'').next().unwrap_or_default().to_owned();
        let written = format!("'\\x{digits}'::bytea");
        text.replace_range(at..at + digits.len() + 3, &written);
        from = at + written.len();
    }
    text
}

fn at_postgres<T>(
    address: &PostgresAddress,
    job: impl FnOnce(&tokio_postgres::Client, &tokio::runtime::Runtime) -> T,
) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let client = runtime.block_on(async {
        let (client, connection) = address
            .client_config()
            .connect(tokio_postgres::NoTls)
            .await
            .expect("the cluster answers");
        tokio::spawn(connection);
        client
    });
    let path = format!("SET search_path TO {}", address.schema());
    runtime
        .block_on(client.batch_execute(&path))
        .expect("the schema is there");
    job(&client, &runtime)
}
