CREATE TABLE "request_steps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"request_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"staff_name" text,
	"status" text NOT NULL,
	CONSTRAINT "request_steps_actor" CHECK ("request_steps"."actor" in ('app', 'owner', 'staff', 'job'))
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "erased_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "objected_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "ordinal" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "privacy_requests_ordinal_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "due_by" text;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "region" text;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "reason_code" text;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "record_kind" text;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "record_id" uuid;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "confirmed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "effective_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "lifted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "outcome" jsonb;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "before_hash" "bytea";--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD COLUMN "after_hash" "bytea";--> statement-breakpoint
ALTER TABLE "request_steps" ADD CONSTRAINT "request_steps_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_steps" ADD CONSTRAINT "request_steps_request_id_privacy_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."privacy_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "request_steps_request" ON "request_steps" USING btree ("request_id","at");--> statement-breakpoint
CREATE INDEX "privacy_requests_order" ON "privacy_requests" USING btree ("account_id","ordinal");--> statement-breakpoint
CREATE INDEX "privacy_requests_open" ON "privacy_requests" USING btree ("status","due_on");