-- CreateEnum
CREATE TYPE "Access" AS ENUM ('owner', 'admin', 'lead', 'member', 'finance', 'auditor');

-- CreateEnum
CREATE TYPE "ScopeKind" AS ENUM ('organisation', 'team', 'role-group', 'role', 'user', 'key');

-- CreateEnum
CREATE TYPE "BudgetPeriod" AS ENUM ('hour', 'day', 'week', 'month', 'all');

-- CreateEnum
CREATE TYPE "BudgetMode" AS ENUM ('hard', 'soft');

-- CreateEnum
CREATE TYPE "BudgetSharing" AS ENUM ('pool', 'each');

-- CreateEnum
CREATE TYPE "KeyStatus" AS ENUM ('active', 'disabled', 'revoked');

-- CreateEnum
CREATE TYPE "KeyPurpose" AS ENUM ('standard', 'test');

-- CreateEnum
CREATE TYPE "ProviderKind" AS ENUM ('simulator', 'openai', 'deepseek', 'ollama', 'openai-compatible');

-- CreateTable
CREATE TABLE "organisation" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "suspended" BOOLEAN NOT NULL DEFAULT false,
    "money_refusal_status" INTEGER NOT NULL DEFAULT 402,
    "show_amounts" BOOLEAN NOT NULL DEFAULT true,
    "default_max_output_tokens" INTEGER NOT NULL DEFAULT 4096,
    "policy_version" INTEGER NOT NULL DEFAULT 1,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" TIMESTAMPTZ(3),
    "name" TEXT,
    "image" TEXT,
    "password_hash" TEXT,
    "sessions_valid_from" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "refresh_token" TEXT,
    "access_token" TEXT,
    "expires_at" INTEGER,
    "token_type" TEXT,
    "scope" TEXT,
    "id_token" TEXT,
    "session_state" TEXT,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_link" (
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "setup_link_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "member" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "user_id" TEXT,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "access" "Access" NOT NULL DEFAULT 'member',
    "role_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "member_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "invite" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "access" "Access" NOT NULL,
    "team_id" TEXT,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invite_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "team" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "team_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "team_member" (
    "org_id" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "lead" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "team_member_pkey" PRIMARY KEY ("org_id","team_id","member_id")
);

-- CreateTable
CREATE TABLE "role_group" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "role_group_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "role" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "role_group_id" TEXT,
    "name" TEXT NOT NULL,

    CONSTRAINT "role_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "public_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "pepper_version" INTEGER NOT NULL,
    "last4" TEXT NOT NULL,
    "team_id" TEXT NOT NULL,
    "member_id" TEXT,
    "purpose" "KeyPurpose" NOT NULL DEFAULT 'standard',
    "status" "KeyStatus" NOT NULL DEFAULT 'active',
    "status_changed_at" TIMESTAMPTZ(3),
    "allowed_models" TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "budget" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "scope_kind" "ScopeKind" NOT NULL,
    "scope_id" TEXT NOT NULL,
    "period" "BudgetPeriod" NOT NULL,
    "limit_nano" BIGINT NOT NULL,
    "mode" "BudgetMode" NOT NULL DEFAULT 'hard',
    "sharing" "BudgetSharing" NOT NULL DEFAULT 'pool',
    "version" INTEGER NOT NULL DEFAULT 1,
    "opening_window" TEXT,
    "opening_nano" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "budget_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "org_id" TEXT NOT NULL,
    "scope_kind" "ScopeKind" NOT NULL,
    "scope_id" TEXT NOT NULL,
    "requests_per_minute" INTEGER,
    "requests_per_hour" INTEGER,
    "tokens_per_minute" INTEGER,
    "bucket_capacity" INTEGER,
    "bucket_refill_per_second" DECIMAL(13,3),

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("org_id","scope_kind","scope_id")
);

-- CreateTable
CREATE TABLE "provider" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "ProviderKind" NOT NULL,
    "base_url" TEXT NOT NULL,
    "sealed_credential" TEXT,
    "credential_last4" TEXT,
    "credential_set_at" TIMESTAMPTZ(3),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "verification" JSONB,
    "verified_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "provider_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "provider_model" (
    "org_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "upstream_name" TEXT NOT NULL,
    "price_provider" TEXT NOT NULL,
    "context_window" INTEGER,
    "max_output_tokens" INTEGER,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_model_pkey" PRIMARY KEY ("org_id","provider_id","name")
);

-- CreateTable
CREATE TABLE "price_edition" (
    "id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_edition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "model_price" (
    "edition_id" INTEGER NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "match" JSONB,
    "context_window" INTEGER,
    "effective_from" TIMESTAMPTZ(3) NOT NULL,
    "input_uncached" DECIMAL(20,0),
    "input_cache_read" DECIMAL(20,0),
    "input_cache_write_5m" DECIMAL(20,0),
    "input_cache_write_1h" DECIMAL(20,0),
    "output_text" DECIMAL(20,0),
    "audio_in" DECIMAL(20,0),
    "audio_out" DECIMAL(20,0),
    "image_in" DECIMAL(20,0),
    "image_out" DECIMAL(20,0),
    "tiers" JSONB NOT NULL DEFAULT '[]',
    "note" TEXT,

    CONSTRAINT "model_price_pkey" PRIMARY KEY ("edition_id","provider","model","effective_from")
);

-- CreateTable
CREATE TABLE "price_override" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "effective_from" TIMESTAMPTZ(3) NOT NULL,
    "input_uncached" DECIMAL(20,0) NOT NULL,
    "input_cache_read" DECIMAL(20,0),
    "output_text" DECIMAL(20,0) NOT NULL,
    "reason" TEXT,
    "created_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_override_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "event_id" TEXT NOT NULL,
    "org_id" TEXT NOT NULL,
    "attempt_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "usage_source" TEXT NOT NULL,
    "upstream_status" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "team_id" TEXT,
    "role_group_id" TEXT,
    "role_id" TEXT,
    "member_id" TEXT,
    "key_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "price_version" TEXT NOT NULL,
    "input_uncached" INTEGER NOT NULL DEFAULT 0,
    "input_cache_read" INTEGER NOT NULL DEFAULT 0,
    "input_cache_write_5m" INTEGER NOT NULL DEFAULT 0,
    "input_cache_write_1h" INTEGER NOT NULL DEFAULT 0,
    "output_text" INTEGER NOT NULL DEFAULT 0,
    "audio_in" INTEGER NOT NULL DEFAULT 0,
    "audio_out" INTEGER NOT NULL DEFAULT 0,
    "image_in" INTEGER NOT NULL DEFAULT 0,
    "image_out" INTEGER NOT NULL DEFAULT 0,
    "amount_nano" BIGINT NOT NULL,
    "hold_nano" BIGINT NOT NULL,
    "nodes" TEXT[],

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "usage_hour" (
    "org_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "team_id" TEXT NOT NULL,
    "role_group_id" TEXT NOT NULL,
    "role_id" TEXT NOT NULL,
    "member_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "refused" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "attempts" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_nano" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "usage_hour_pkey" PRIMARY KEY ("org_id","hour","team_id","role_group_id","role_id","member_id","key_id","provider_id","model")
);

-- CreateTable
CREATE TABLE "request" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "dialect" TEXT NOT NULL,
    "stream" BOOLEAN NOT NULL,
    "model_asked" TEXT NOT NULL,
    "model_used" TEXT,
    "provider_id" TEXT,
    "status" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "failure" TEXT,
    "refusal" JSONB,
    "attempts" INTEGER NOT NULL,
    "timeline" JSONB NOT NULL,
    "first_byte_ms" DOUBLE PRECISION,
    "total_ms" DOUBLE PRECISION NOT NULL,
    "user_agent" TEXT,
    "max_tokens_clamped" INTEGER,
    "team_id" TEXT,
    "role_group_id" TEXT,
    "role_id" TEXT,
    "member_id" TEXT,
    "key_id" TEXT NOT NULL,

    CONSTRAINT "request_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "usage_dead" (
    "stream_id" TEXT NOT NULL,
    "shard" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "error" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_dead_pkey" PRIMARY KEY ("stream_id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "org_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("org_id","id")
);

-- CreateTable
CREATE TABLE "policy_outbox" (
    "id" BIGSERIAL NOT NULL,
    "org_id" TEXT NOT NULL,
    "key_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shard_epoch" (
    "shard" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "rebuilt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shard_epoch_pkey" PRIMARY KEY ("shard")
);

-- CreateTable
CREATE TABLE "verification" (
    "org_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checked" INTEGER NOT NULL,
    "drift" JSONB NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("org_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "organisation_slug_key" ON "organisation"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "account_provider_provider_account_id_key" ON "account"("provider", "provider_account_id");

-- CreateIndex
CREATE INDEX "member_user_id_idx" ON "member"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "member_org_id_email_key" ON "member"("org_id", "email");

-- CreateIndex
CREATE UNIQUE INDEX "invite_token_hash_key" ON "invite"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "team_org_id_name_key" ON "team"("org_id", "name");

-- CreateIndex
CREATE INDEX "team_member_org_id_member_id_idx" ON "team_member"("org_id", "member_id");

-- CreateIndex
CREATE UNIQUE INDEX "role_group_org_id_name_key" ON "role_group"("org_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "role_org_id_name_key" ON "role"("org_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_public_id_key" ON "api_key"("public_id");

-- CreateIndex
CREATE INDEX "api_key_org_id_created_at_id_idx" ON "api_key"("org_id", "created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "api_key_org_id_team_id_idx" ON "api_key"("org_id", "team_id");

-- CreateIndex
CREATE INDEX "budget_org_id_scope_kind_scope_id_idx" ON "budget"("org_id", "scope_kind", "scope_id");

-- CreateIndex
CREATE UNIQUE INDEX "price_edition_hash_key" ON "price_edition"("hash");

-- CreateIndex
CREATE INDEX "price_override_org_id_provider_id_model_effective_from_idx" ON "price_override"("org_id", "provider_id", "model", "effective_from" DESC);

-- CreateIndex
CREATE INDEX "ledger_entry_org_id_at_idx" ON "ledger_entry"("org_id", "at");

-- CreateIndex
CREATE INDEX "ledger_entry_org_id_request_id_idx" ON "ledger_entry"("org_id", "request_id");

-- CreateIndex
CREATE INDEX "request_org_id_at_id_idx" ON "request"("org_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_org_id_at_idx" ON "audit_entry"("org_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_org_id_role_id_fkey" FOREIGN KEY ("org_id", "role_id") REFERENCES "role"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invite" ADD CONSTRAINT "invite_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team" ADD CONSTRAINT "team_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_org_id_team_id_fkey" FOREIGN KEY ("org_id", "team_id") REFERENCES "team"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_group" ADD CONSTRAINT "role_group_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role" ADD CONSTRAINT "role_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role" ADD CONSTRAINT "role_org_id_role_group_id_fkey" FOREIGN KEY ("org_id", "role_group_id") REFERENCES "role_group"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_org_id_team_id_fkey" FOREIGN KEY ("org_id", "team_id") REFERENCES "team"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_org_id_member_id_fkey" FOREIGN KEY ("org_id", "member_id") REFERENCES "member"("org_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget" ADD CONSTRAINT "budget_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rate_limit" ADD CONSTRAINT "rate_limit_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider" ADD CONSTRAINT "provider_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_model" ADD CONSTRAINT "provider_model_org_id_provider_id_fkey" FOREIGN KEY ("org_id", "provider_id") REFERENCES "provider"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model_price" ADD CONSTRAINT "model_price_edition_id_fkey" FOREIGN KEY ("edition_id") REFERENCES "price_edition"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema language cannot say; kept by hand.

-- One live budget per scope, period and sharing; deleted ones stay, since ledger rows name them.
CREATE UNIQUE INDEX "budget_live_key" ON "budget"("org_id", "scope_kind", "scope_id", "period", "sharing") WHERE "deleted_at" IS NULL;

ALTER TABLE "organisation"
  ADD CONSTRAINT "organisation_slug_form" CHECK ("slug" ~ '^[a-z0-9](-?[a-z0-9])*$' AND length("slug") <= 48),
  ADD CONSTRAINT "organisation_money_refusal_status" CHECK ("money_refusal_status" IN (402, 429)),
  ADD CONSTRAINT "organisation_default_max_output_tokens" CHECK ("default_max_output_tokens" > 0);

ALTER TABLE "user" ADD CONSTRAINT "user_email_lower" CHECK ("email" = lower("email"));
ALTER TABLE "member" ADD CONSTRAINT "member_email_lower" CHECK ("email" = lower("email"));
ALTER TABLE "invite" ADD CONSTRAINT "invite_email_lower" CHECK ("email" = lower("email"));

ALTER TABLE "api_key"
  ADD CONSTRAINT "api_key_hash_form" CHECK ("hash" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "api_key_last4_form" CHECK (length("last4") = 4),
  ADD CONSTRAINT "api_key_public_id_form" CHECK ("public_id" ~ '^[0-9A-Za-z]{8}$');

-- 9,000,000 USD, below 2^53 nano-USD, so that Lua compares limits exactly.
ALTER TABLE "budget"
  ADD CONSTRAINT "budget_limit_range" CHECK ("limit_nano" BETWEEN 0 AND 9000000000000000),
  ADD CONSTRAINT "budget_opening_whole" CHECK (("opening_window" IS NULL) = ("opening_nano" IS NULL)),
  ADD CONSTRAINT "budget_opening_range" CHECK ("opening_nano" >= 0),
  ADD CONSTRAINT "budget_each_has_no_opening" CHECK ("sharing" = 'pool' OR "opening_nano" IS NULL);

ALTER TABLE "rate_limit"
  ADD CONSTRAINT "rate_limit_positive" CHECK (
    "requests_per_minute" > 0 AND "requests_per_hour" > 0 AND "tokens_per_minute" > 0
    AND "bucket_capacity" > 0 AND "bucket_refill_per_second" >= 0),
  ADD CONSTRAINT "rate_limit_bucket_whole" CHECK (("bucket_capacity" IS NULL) = ("bucket_refill_per_second" IS NULL));

ALTER TABLE "provider_model"
  ADD CONSTRAINT "provider_model_sizes" CHECK ("context_window" > 0 AND "max_output_tokens" > 0);

ALTER TABLE "model_price"
  ADD CONSTRAINT "model_price_not_negative" CHECK (
    "input_uncached" >= 0 AND "input_cache_read" >= 0 AND "input_cache_write_5m" >= 0 AND "input_cache_write_1h" >= 0
    AND "output_text" >= 0 AND "audio_in" >= 0 AND "audio_out" >= 0 AND "image_in" >= 0 AND "image_out" >= 0);

ALTER TABLE "price_override"
  ADD CONSTRAINT "price_override_not_negative" CHECK (
    "input_uncached" >= 0 AND "input_cache_read" >= 0 AND "output_text" >= 0);

ALTER TABLE "ledger_entry"
  ADD CONSTRAINT "ledger_entry_kind" CHECK ("kind" IN ('final', 'provisional', 'correction')),
  ADD CONSTRAINT "ledger_entry_usage_source" CHECK ("usage_source" IN ('reported', 'estimated', 'held')),
  ADD CONSTRAINT "ledger_entry_outcome" CHECK ("outcome" IN (
    'answered', 'client-left', 'stream-broke', 'refused-by-provider', 'provider-failed', 'not-sent', 'unknown')),
  ADD CONSTRAINT "ledger_entry_amount" CHECK ("amount_nano" >= 0 OR "kind" = 'correction'),
  ADD CONSTRAINT "ledger_entry_hold" CHECK ("hold_nano" >= 0),
  ADD CONSTRAINT "ledger_entry_tokens" CHECK (
    "input_uncached" >= 0 AND "input_cache_read" >= 0 AND "input_cache_write_5m" >= 0 AND "input_cache_write_1h" >= 0
    AND "output_text" >= 0 AND "audio_in" >= 0 AND "audio_out" >= 0 AND "image_in" >= 0 AND "image_out" >= 0);

ALTER TABLE "request"
  ADD CONSTRAINT "request_outcome" CHECK ("outcome" IN ('answered', 'refused', 'failed', 'left')),
  ADD CONSTRAINT "request_count" CHECK ("count" >= 1),
  ADD CONSTRAINT "request_status" CHECK ("status" BETWEEN 100 AND 599);

ALTER TABLE "shard_epoch"
  ADD CONSTRAINT "shard_epoch_form" CHECK ("shard" ~ '^s[0-9]{2}$' AND "epoch" >= 1);

-- The ledger and the audit log are only ever added to.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME;
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON "ledger_entry"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON "audit_entry"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
