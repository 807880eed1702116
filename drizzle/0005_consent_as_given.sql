CREATE TABLE "consent_events" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"grant_id" uuid,
	"kind" text NOT NULL,
	"scopes" text[] NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"day" date NOT NULL,
	CONSTRAINT "consent_events_kind" CHECK ("consent_events"."kind" in ('consented', 'narrowed', 'paused', 'resumed', 'revoked', 'ended', 'lapsed'))
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text collate "C" PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "consented_scopes" text[];--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "consented_fields" text[];--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "app_name" text;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "publisher_domain" text;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "redirect_host" text;--> statement-breakpoint
ALTER TABLE "consent_events" ADD CONSTRAINT "consent_events_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consent_events_app" ON "consent_events" USING btree ("account_id","app_id","at");--> statement-breakpoint
CREATE INDEX "consent_events_grant" ON "consent_events" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "rate_limits_expiry" ON "rate_limits" USING btree ("expires_at");--> statement-breakpoint
UPDATE "grants" g SET "consented_scopes" = g."scopes", "consented_fields" = g."accepted_fields", "app_name" = a."name",
  "publisher_domain" = a."publisher_domain", "redirect_host" = a."redirect_host"
FROM "apps" a WHERE a."id" = g."app_id";--> statement-breakpoint
INSERT INTO "consent_events" ("account_id", "app_id", "grant_id", "kind", "scopes", "at", "day")
SELECT "account_id", "app_id", "id", 'consented', "scopes", "consented_at", ("consented_at" AT TIME ZONE 'UTC')::date FROM "grants"
UNION ALL
SELECT "account_id", "app_id", "id", 'ended', '{}', "ended_at", ("ended_at" AT TIME ZONE 'UTC')::date FROM "grants"
WHERE "status" = 'revoked' AND "ended_at" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "grants" ALTER COLUMN "consented_scopes" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "grants" ALTER COLUMN "consented_fields" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "grants" ALTER COLUMN "app_name" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "grants" ALTER COLUMN "redirect_host" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_scopes" CHECK ("grants"."scopes" <@ "grants"."consented_scopes");--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_fields" CHECK ("grants"."accepted_fields" <@ "grants"."consented_fields");