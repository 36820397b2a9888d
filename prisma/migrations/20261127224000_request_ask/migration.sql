-- AlterTable
ALTER TABLE "request" ADD COLUMN     "ask" JSONB;
