//! `migrate-store`: moves everything to another engine or another place of pictures, while no server stands on it.
//!
//! Both moves go on where a killed one ended, and end only after every table and every picture was hashed in its new place. Nothing is
//! deleted in the old one.

use crate::blobs::{Blobs, BlobsPlace, Bucket};
use crate::limits::Limits;
use crate::store::bulk::{self, Progress};
use crate::store::{DatabasePlace, PostgresAddress};

use super::{CliProblem, Desk, lock, runtime};

/// What `migrate-store` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct MigrateArgs {
    /// 目标数据库 postgres://… · the PostgreSQL database to move to
    #[arg(long, value_name = "URL")]
    to_database: Option<String>,
    /// 照片目标 s3://… · the bucket to move pictures to
    #[arg(long, value_name = "URL")]
    to_blobs: Option<String>,
    /// S3 服务地址 · the address of the server that speaks S3, where it is not Amazon's
    #[arg(long, value_name = "URL")]
    to_endpoint: Option<String>,
}

pub(crate) fn run(desk: &Desk, args: &MigrateArgs) -> Result<(), CliProblem> {
    if args.to_database.is_none() && args.to_blobs.is_none() {
        return Err(CliProblem::usage(
            "请写 --to-database 或 --to-blobs",
            "give --to-database or --to-blobs",
        ));
    }
    crate::config::open_folder(&desk.config.data_folder)?;
    let _lock = lock::take(&desk.config.data_folder)?;
    let database = args.to_database.as_deref().map(address).transpose()?;
    let bucket = args
        .to_blobs
        .as_deref()
        .map(|url| bucket(url, args.to_endpoint.clone()))
        .transpose()?;
    // Pictures first: rows that name them must not stand where they are not.
    if let Some(bucket) = bucket {
        move_blobs(desk, BlobsPlace::Bucket(bucket))?;
    }
    if let Some(address) = database {
        move_database(desk, &DatabasePlace::Postgres(address))?;
    }
    desk.say.line(
        "搬迁完成，逐表、逐张照片校验一致。旧数据原样保留。请改配置（database_url、blobs_url）后再启动服务。",
        "Moved; every table and every picture was hashed in its new place. The old ones are as they were. \
         Set database_url and blobs_url, then start the servers.",
    );
    Ok(())
}

fn address(url: &str) -> Result<PostgresAddress, CliProblem> {
    url.parse().map_err(|error| {
        CliProblem::usage(
            format!("--to-database 不是 PostgreSQL 地址：{error}"),
            format!("--to-database: {error}"),
        )
    })
}

fn bucket(url: &str, endpoint: Option<String>) -> Result<Bucket, CliProblem> {
    let bucket = Bucket::parse(url).ok_or_else(|| {
        CliProblem::usage(
            "--to-blobs 应写成 s3://桶/目录",
            "write --to-blobs as s3://bucket/folder",
        )
    })?;
    Ok(Bucket { endpoint, ..bucket })
}

fn move_database(desk: &Desk, place: &DatabasePlace) -> Result<(), CliProblem> {
    let limits = Limits::default();
    let from = desk.config.database_place().open(&limits).map_err(store)?;
    let to = place.open_raw(&limits).map_err(store)?;
    bulk::copy(&*from, &*to, &mut |progress| say(desk, progress)).map_err(|error| match error {
        crate::store::StoreError::Aborted => CliProblem::usage(
            "目标数据库里已有别的数据，未作改动",
            "the target holds something else; it was left alone",
        ),
        error => store(error),
    })
}

fn store(error: crate::store::StoreError) -> CliProblem {
    crate::ServiceError::Store(error).into()
}

fn say(desk: &Desk, progress: Progress) {
    let Progress { table, rows, .. } = progress;
    match progress.is_checked {
        true => desk
            .say
            .line(&format!("  {table}：校验一致"), &format!("  {table}: equal")),
        false => desk.say.line(
            &format!("  {table}：{rows} 行"),
            &format!("  {table}: {rows} rows"),
        ),
    }
}

fn move_blobs(desk: &Desk, to: BlobsPlace) -> Result<(), CliProblem> {
    let from = Blobs::at(desk.config.blobs_place())?;
    let to = Blobs::at(to)?;
    let (moved, checked) = runtime()?.block_on(copy_blobs(&from, &to))?;
    desk.say.line(
        &format!("  照片：新搬 {moved} 个，校验 {checked} 个"),
        &format!("  pictures: {moved} moved, {checked} checked"),
    );
    Ok(())
}

/// Copies what is not there yet and hashes everything in its new place. Gives how many were copied and how many hashed.
pub(super) async fn copy_blobs(from: &Blobs, to: &Blobs) -> Result<(usize, usize), CliProblem> {
    let (mut moved, mut checked) = (0, 0);
    for shelf in 0..=u8::MAX {
        for (hash, size_bytes) in from.shelved(shelf).await? {
            if to.size_bytes(hash).await? != Some(size_bytes) {
                // What rotted where it lay is not carried on.
                if let Some(part) = from.get(hash, None).await? {
                    if xunge_core::attachment::BlobHash::of(&part.bytes) != hash {
                        return Err(crate::blobs::BlobProblem::Damaged(hash).into());
                    }
                    to.put(hash, part.bytes).await?;
                    moved += 1;
                }
            }
            checked += usize::from(to.verify(hash).await?);
        }
    }
    Ok((moved, checked))
}
