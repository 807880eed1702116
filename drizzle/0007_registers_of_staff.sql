CREATE TABLE "activity_inspections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"staff_name" text NOT NULL,
	"purpose" text NOT NULL,
	"record_count" integer NOT NULL,
	CONSTRAINT "activity_inspections_purpose" CHECK ("activity_inspections"."purpose" in ('fraud', 'abuse'))
);
--> statement-breakpoint
CREATE TABLE "external_disclosures" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"writer_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"salt" "bytea" NOT NULL,
	"account_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"day" date NOT NULL,
	"code" text NOT NULL,
	"recipient" text NOT NULL,
	"field_names" text[] NOT NULL,
	"record_count" integer NOT NULL,
	"gag_until" date,
	"gag_reason" text,
	"notified_at" timestamp (3) with time zone,
	CONSTRAINT "external_disclosures_code" CHECK ("external_disclosures"."code" in ('legal_process', 'ca_policy', 'public_directory', 'processor', 'verification_link')),
	CONSTRAINT "external_disclosures_gag" CHECK (("external_disclosures"."gag_until" is null) = ("external_disclosures"."gag_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "processors" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"service" text NOT NULL,
	"name" text NOT NULL,
	"purpose" text NOT NULL,
	"country" text NOT NULL,
	"agreement_on" date NOT NULL,
	"ended_on" date
);
--> statement-breakpoint
CREATE TABLE "retention_runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"retention_class" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone NOT NULL,
	"deleted_count" integer NOT NULL,
	"held_count" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "transfers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"service" text NOT NULL,
	"channel" text NOT NULL,
	"country" text NOT NULL,
	"safeguard" text NOT NULL,
	"ended_on" date,
	CONSTRAINT "transfers_safeguard" CHECK ("transfers"."safeguard" in ('standard_contractual_clauses', 'adequacy_decision'))
);
--> statement-breakpoint
ALTER TABLE "external_disclosures" ADD CONSTRAINT "external_disclosures_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "external_disclosures_account" ON "external_disclosures" USING btree ("account_id","day");--> statement-breakpoint
CREATE INDEX "retention_runs_started" ON "retention_runs" USING btree ("started_at");