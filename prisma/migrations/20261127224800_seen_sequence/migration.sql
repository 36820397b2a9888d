-- AlterTable
ALTER TABLE "shard_epoch" ADD COLUMN     "seen_seq" BIGINT NOT NULL DEFAULT 0;
