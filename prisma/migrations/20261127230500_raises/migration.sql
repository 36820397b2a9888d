-- CreateEnum
CREATE TYPE "RaiseRequestState" AS ENUM ('open', 'approved', 'declined', 'withdrawn', 'expired');

-- AlterTable
ALTER TABLE "budget" ADD COLUMN     "carry_over_nano" BIGINT;

-- CreateTable
CREATE TABLE "budget_raise" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "budget_id" TEXT NOT NULL,
    "subject" TEXT,
    "amount_nano" BIGINT NOT NULL,
    "from" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "given_by" TEXT NOT NULL,
    "given_by_name" TEXT NOT NULL,
    "request_id" TEXT,

    CONSTRAINT "budget_raise_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "raise_request" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "budget_id" TEXT NOT NULL,
    "subject" TEXT,
    "amount_nano" BIGINT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "refused_request" TEXT,
    "state" "RaiseRequestState" NOT NULL DEFAULT 'open',
    "requested_by" TEXT NOT NULL,
    "requested_by_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_by" TEXT,
    "decided_by_name" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "note" TEXT,

    CONSTRAINT "raise_request_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "budget_carry" (
    "org_id" TEXT NOT NULL,
    "budget_id" TEXT NOT NULL,
    "subject" TEXT NOT NULL DEFAULT '',
    "window" TEXT NOT NULL,
    "amount_nano" BIGINT NOT NULL,
    "final" BOOLEAN NOT NULL,

    CONSTRAINT "budget_carry_pkey" PRIMARY KEY ("org_id","budget_id","subject","window")
);

-- CreateIndex
CREATE INDEX "budget_raise_org_id_until_idx" ON "budget_raise"("org_id", "until");

-- CreateIndex
CREATE INDEX "raise_request_org_id_state_created_at_idx" ON "raise_request"("org_id", "state", "created_at" DESC);

-- AddForeignKey
ALTER TABLE "budget_raise" ADD CONSTRAINT "budget_raise_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "raise_request" ADD CONSTRAINT "raise_request_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_carry" ADD CONSTRAINT "budget_carry_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say; kept by hand.
ALTER TABLE "budget"
  ADD CONSTRAINT "budget_carry_over_range" CHECK ("carry_over_nano" BETWEEN 1 AND 9000000000000000),
  ADD CONSTRAINT "budget_all_time_carries_nothing" CHECK ("period" <> 'all' OR "carry_over_nano" IS NULL);

ALTER TABLE "budget_raise"
  ADD CONSTRAINT "budget_raise_amount" CHECK ("amount_nano" BETWEEN 1 AND 9000000000000000),
  ADD CONSTRAINT "budget_raise_stretch" CHECK ("from" <= "until");

ALTER TABLE "raise_request"
  ADD CONSTRAINT "raise_request_amount" CHECK ("amount_nano" BETWEEN 1 AND 9000000000000000),
  ADD CONSTRAINT "raise_request_nobody_decides_on_their_own" CHECK ("decided_by" <> "requested_by"),
  ADD CONSTRAINT "raise_request_decided" CHECK (("state" IN ('approved', 'declined')) = ("decided_by" IS NOT NULL));

-- One open request per person and budget.
CREATE UNIQUE INDEX "raise_request_one_open" ON "raise_request"("org_id", "budget_id", "requested_by") WHERE "state" = 'open';

ALTER TABLE "budget_carry"
  ADD CONSTRAINT "budget_carry_amount" CHECK ("amount_nano" BETWEEN 0 AND 9000000000000000);
