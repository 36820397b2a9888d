-- AlterTable
ALTER TABLE "ledger_entry" ADD COLUMN     "actor_id" TEXT,
ADD COLUMN     "reason" TEXT,
ADD COLUMN     "rerating_id" TEXT;

-- CreateTable
CREATE TABLE "rerating" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "price_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "expected_nano" BIGINT NOT NULL,
    "left_alone" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "reached_at" TIMESTAMPTZ(3),
    "reached_attempt" TEXT,

    CONSTRAINT "rerating_pkey" PRIMARY KEY ("org_id","id")
);

-- What the schema language cannot say; kept by hand.
-- One at a time in an organisation: what is to be charged is the difference to everything that was charged before.
CREATE UNIQUE INDEX "rerating_one_running" ON "rerating" ("org_id") WHERE "finished_at" IS NULL;

-- The progress of a re-rating, and the counters that its rows name, are read from its rows.
CREATE INDEX "ledger_entry_adjustment" ON "ledger_entry" ("org_id", "rerating_id") WHERE "kind" = 'adjustment';

ALTER TABLE "ledger_entry"
  DROP CONSTRAINT "ledger_entry_kind",
  DROP CONSTRAINT "ledger_entry_amount",
  ADD CONSTRAINT "ledger_entry_kind" CHECK ("kind" IN ('final', 'provisional', 'correction', 'adjustment')),
  ADD CONSTRAINT "ledger_entry_amount" CHECK ("amount_nano" >= 0 OR "kind" IN ('correction', 'adjustment')),
  ADD CONSTRAINT "ledger_entry_cause" CHECK (
    ("kind" = 'adjustment') = ("rerating_id" IS NOT NULL) AND ("kind" = 'adjustment') = ("reason" IS NOT NULL)
    AND ("kind" = 'adjustment') = ("actor_id" IS NOT NULL));

ALTER TABLE "rerating"
  ADD CONSTRAINT "rerating_counts" CHECK ("attempts" >= 0 AND "left_alone" >= 0),
  ADD CONSTRAINT "rerating_stretch" CHECK ("since" < "until"),
  ADD CONSTRAINT "rerating_reached" CHECK (("reached_at" IS NULL) = ("reached_attempt" IS NULL));
