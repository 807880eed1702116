CREATE TABLE "minor_erasures" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"staff_name" text NOT NULL,
	"subject" text NOT NULL,
	"record_count" integer NOT NULL,
	CONSTRAINT "minor_erasures_subject" CHECK ("minor_erasures"."subject" in ('account', 'recipient'))
);
--> statement-breakpoint
ALTER TABLE "contact_messages" ADD COLUMN "resolved_by" text;--> statement-breakpoint
CREATE INDEX "contact_messages_account" ON "contact_messages" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "vetting_documents_account" ON "vetting_documents" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "certificates_clock" ON "certificates" USING btree ("account_id",(least("expires_on", "revoked_on"))) WHERE least("certificates"."expires_on", "certificates"."revoked_on") is not null;--> statement-breakpoint
CREATE INDEX "recipients_clock" ON "recipients" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "order_contacts_account" ON "order_contacts" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "order_contacts_order" ON "order_contacts" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "tls_certificates_clock" ON "tls_certificates" USING btree ("account_id",(least("valid_until", "revoked_on")));--> statement-breakpoint
CREATE INDEX "tls_certificates_order_id" ON "tls_certificates" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "verification_events_account" ON "verification_events" USING btree ("account_id","at");