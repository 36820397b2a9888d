-- AlterTable
ALTER TABLE "verification" ADD COLUMN     "findings" JSONB NOT NULL DEFAULT '[]';
