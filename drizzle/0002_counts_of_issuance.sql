CREATE TABLE "issuance_counts" (
	"account_id" uuid NOT NULL,
	"list_id" uuid,
	"period" text collate "C" NOT NULL,
	"issued" integer NOT NULL,
	"revoked" integer NOT NULL,
	"expired" integer NOT NULL,
	CONSTRAINT "issuance_counts_period" UNIQUE NULLS NOT DISTINCT("account_id","list_id","period")
);
--> statement-breakpoint
CREATE INDEX "issuance_counts_empty" ON "issuance_counts" USING btree ("account_id") WHERE "issuance_counts"."issued" = 0 and "issuance_counts"."revoked" = 0 and "issuance_counts"."expired" = 0;--> statement-breakpoint
CREATE INDEX "verification_months_month" ON "verification_months" USING btree ("month");--> statement-breakpoint
INSERT INTO "issuance_counts" ("account_id", "list_id", "period", "issued", "revoked", "expired")
SELECT c."account_id", c."list_id", p."period", sum(e."issued"), sum(e."revoked"), sum(e."expired")
FROM "certificates" c
CROSS JOIN LATERAL (VALUES (c."issued_on", 1, 0, 0), (c."revoked_on", 0, 1, 0),
  (CASE WHEN c."revoked_on" <= c."expires_on" THEN NULL ELSE c."expires_on" END, 0, 0, 1)) e ("day", "issued", "revoked", "expired")
CROSS JOIN LATERAL (VALUES (to_char(e."day", 'YYYY-MM-DD')), (to_char(e."day", 'YYYY-MM'))) p ("period")
WHERE c."hidden_at" IS NULL AND e."day" IS NOT NULL
GROUP BY GROUPING SETS ((c."account_id", c."list_id", p."period"), (c."account_id", p."period"));
