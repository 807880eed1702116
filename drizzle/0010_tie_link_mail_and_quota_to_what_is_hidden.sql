ALTER TABLE "quotas" ADD COLUMN "hidden_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "certificate_id" uuid;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_certificate_id_certificates_id_fk" FOREIGN KEY ("certificate_id") REFERENCES "public"."certificates"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "outbox_certificate" ON "outbox" USING btree ("certificate_id");--> statement-breakpoint
UPDATE "quotas" SET "hidden_at" = r."at" FROM (SELECT "account_id", min("effective_at") AS "at" FROM "privacy_requests" WHERE "kind" = 'restriction' AND "service" = 'certfusion' AND "record_id" IS NULL AND "effective_at" IS NOT NULL AND "lifted_at" IS NULL AND "status" IN ('in_progress', 'done') GROUP BY "account_id") r WHERE "quotas"."account_id" = r."account_id";
