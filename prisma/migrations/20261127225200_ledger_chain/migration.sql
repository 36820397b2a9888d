-- AlterTable
ALTER TABLE "ledger_entry" ADD COLUMN     "chain_day" DATE,
ADD COLUMN     "chain_hash" TEXT,
ADD COLUMN     "chain_position" INTEGER;

-- CreateTable
CREATE TABLE "ledger_chain" (
    "org_id" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "length" INTEGER NOT NULL DEFAULT 0,
    "hash" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "ledger_chain_pkey" PRIMARY KEY ("org_id","day")
);

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entry_org_id_chain_day_chain_position_key" ON "ledger_entry"("org_id", "chain_day", "chain_position");

-- What the schema language cannot say; kept by hand.
-- A row is in its chain whole or not at all: workers of the release before this one write none of it.
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_chain_whole" CHECK (
  ("chain_day" IS NULL) = ("chain_position" IS NULL) AND ("chain_day" IS NULL) = ("chain_hash" IS NULL));

-- Who records may add to the ledger and the audit log, and nothing else there. Roles belong to the whole server, so another
-- database may have made it already, or be making it now. Where nobody may make roles, the triggers alone guard.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tollkeeper_ledger') THEN
    BEGIN
      CREATE ROLE tollkeeper_ledger NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT tollkeeper_ledger TO %I', current_user);
  END IF;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO tollkeeper_ledger', current_schema());
  GRANT SELECT ON "organisation" TO tollkeeper_ledger;
  GRANT SELECT, INSERT ON "ledger_entry", "audit_entry", "request", "usage_dead" TO tollkeeper_ledger;
  GRANT SELECT, INSERT, UPDATE ON "ledger_chain", "usage_hour" TO tollkeeper_ledger;
  GRANT SELECT, UPDATE ("last_used_at") ON "api_key" TO tollkeeper_ledger;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'The role tollkeeper_ledger could not be set up (%): only the triggers keep the ledger append-only', SQLERRM;
END $$;
