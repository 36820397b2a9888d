-- CreateTable
CREATE TABLE "provider_limit" (
    "org_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "limits" JSONB NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_limit_pkey" PRIMARY KEY ("org_id","provider_id","model")
);

-- AddForeignKey
ALTER TABLE "provider_limit" ADD CONSTRAINT "provider_limit_org_id_provider_id_fkey" FOREIGN KEY ("org_id", "provider_id") REFERENCES "provider"("org_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
