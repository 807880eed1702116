CREATE TABLE "deletion_logs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"records" bigint NOT NULL,
	"chain" "bytea" NOT NULL
);
--> statement-breakpoint
INSERT INTO "deletion_logs" ("id", "records", "chain") SELECT '00000000-0000-0000-0000-000000000000', 0, '' WHERE EXISTS (SELECT FROM "accounts") OR EXISTS (SELECT FROM "tombstones");
