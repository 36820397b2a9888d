-- AlterTable
ALTER TABLE "rate_limit" ADD COLUMN     "tokens_per_hour" INTEGER;

-- What the schema language cannot say; kept by hand.
ALTER TABLE "rate_limit"
  ADD CONSTRAINT "rate_limit_tokens_per_hour" CHECK ("tokens_per_hour" > 0);
