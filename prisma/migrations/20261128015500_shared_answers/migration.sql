-- AlterTable
ALTER TABLE "organisation" ADD COLUMN     "join_in_flight" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "request" ADD COLUMN     "answered_by" TEXT,
ADD COLUMN     "answered_from_id" TEXT,
ADD COLUMN     "avoided_nano" BIGINT;

-- AlterTable
ALTER TABLE "usage_hour" ADD COLUMN     "saved_nano" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "shared" BIGINT NOT NULL DEFAULT 0;

-- Organisations that are there already go on as they did, until somebody decides otherwise.
UPDATE "organisation" SET "join_in_flight" = false;
