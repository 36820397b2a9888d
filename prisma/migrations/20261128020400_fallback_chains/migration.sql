-- CreateTable
CREATE TABLE "fallback_chain" (
    "org_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "stand_ins" TEXT[],

    CONSTRAINT "fallback_chain_pkey" PRIMARY KEY ("org_id","model")
);

-- AddForeignKey
ALTER TABLE "fallback_chain" ADD CONSTRAINT "fallback_chain_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organisation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
