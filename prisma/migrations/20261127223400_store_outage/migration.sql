-- CreateEnum
CREATE TYPE "StoreOutage" AS ENUM ('closed', 'bounded');

-- AlterTable
ALTER TABLE "organisation" ADD COLUMN     "store_outage" "StoreOutage" NOT NULL DEFAULT 'closed';
