-- AlterTable
ALTER TABLE "rate_limit" ADD COLUMN     "concurrent_streams" INTEGER,
ADD COLUMN     "concurrent_whole" INTEGER;

-- What the schema language cannot say; kept by hand.
ALTER TABLE "rate_limit"
  ADD CONSTRAINT "rate_limit_running" CHECK ("concurrent_streams" > 0 AND "concurrent_whole" > 0);
