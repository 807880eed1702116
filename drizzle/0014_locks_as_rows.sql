CREATE TABLE "turns" (
	"number" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ledger_heads" ADD CONSTRAINT "ledger_heads_leaf" FOREIGN KEY ("writer_id","seq") REFERENCES "public"."ledger_leaves"("writer_id","seq") ON DELETE no action ON UPDATE no action NOT VALID;