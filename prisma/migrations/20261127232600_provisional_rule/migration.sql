-- CreateEnum
CREATE TYPE "ProvisionalRule" AS ENUM ('observed', 'full');

-- AlterTable
ALTER TABLE "organisation" ADD COLUMN     "provisional_rule" "ProvisionalRule" NOT NULL DEFAULT 'observed';

-- What the schema language cannot say; kept by hand.
CREATE INDEX "ledger_entry_provisional" ON "ledger_entry" ("recorded_at") WHERE "kind" = 'provisional';
