CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" text NOT NULL,
	"email_masked" text NOT NULL,
	"email_key" text collate "C" NOT NULL,
	"display_name" text NOT NULL,
	"region" text,
	"phone_sealed" "bytea",
	"password_hash" text,
	"mfa_secret_sealed" "bytea",
	"disabled_at" timestamp (3) with time zone,
	"hidden_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_activity_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "billing_profiles" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"billing_name" text NOT NULL,
	"billing_address" text NOT NULL,
	"stripe_customer_ref" text,
	"plan_price" text
);
--> statement-breakpoint
CREATE TABLE "contact_messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid,
	"channel" text NOT NULL,
	"kind" text NOT NULL,
	"sender_sealed" "bytea",
	"body" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "contact_messages_channel" CHECK ("contact_messages"."channel" in ('form', 'email', 'api', 'phone', 'support'))
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"account_id" uuid NOT NULL,
	"service" text NOT NULL,
	"status" text NOT NULL,
	"last_activity_at" timestamp (3) with time zone NOT NULL,
	"notice_version" text,
	"marketing_opt_out_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "memberships_account_id_service_pk" PRIMARY KEY("account_id","service"),
	CONSTRAINT "memberships_service" CHECK ("memberships"."service" in ('certfusion', 'certumssl')),
	CONSTRAINT "memberships_status" CHECK ("memberships"."status" in ('active', 'deactivated'))
);
--> statement-breakpoint
CREATE TABLE "password_links" (
	"digest" "bytea" PRIMARY KEY NOT NULL,
	"account_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "quotas" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"used" integer NOT NULL,
	"monthly_limit" integer NOT NULL,
	"period_ends_on" date NOT NULL,
	CONSTRAINT "quotas_counts" CHECK ("quotas"."used" >= 0 and "quotas"."monthly_limit" >= 0)
);
--> statement-breakpoint
CREATE TABLE "support_messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"from_staff" boolean NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "transactions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"occurred_on" date NOT NULL,
	"amount_minor" integer NOT NULL,
	"currency" text NOT NULL,
	"invoice_number" text NOT NULL,
	"stripe_charge_ref" text
);
--> statement-breakpoint
CREATE TABLE "vetting_documents" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"content_sealed" "bytea" NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "certificate_terms" (
	"account_id" uuid NOT NULL,
	"term" text collate "C" NOT NULL,
	"issued_on" date NOT NULL,
	"public_number" text collate "C" NOT NULL,
	"source" text collate "C" NOT NULL,
	"certificate_id" uuid NOT NULL,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "certificate_terms_account_id_term_issued_on_public_number_source_pk" PRIMARY KEY("account_id","term","issued_on","public_number","source"),
	CONSTRAINT "certificate_terms_source" CHECK ("certificate_terms"."source" in ('title', 'recipient_name', 'public_number'))
);
--> statement-breakpoint
CREATE TABLE "certificates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"recipient_id" uuid NOT NULL,
	"title" text NOT NULL,
	"description" text,
	"public_number" text collate "C" NOT NULL,
	"issued_on" date NOT NULL,
	"expires_on" date,
	"revoked_on" date,
	"verification_code" uuid DEFAULT gen_random_uuid() NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"hidden_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "custom_fields" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"shared_name" text collate "C",
	"private_name" text collate "C",
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "custom_fields_one_name" CHECK (("custom_fields"."shared_name" is null) <> ("custom_fields"."private_name" is null))
);
--> statement-breakpoint
CREATE TABLE "custom_values" (
	"account_id" uuid NOT NULL,
	"certificate_id" uuid NOT NULL,
	"field_id" uuid NOT NULL,
	"shared_value" text,
	"private_value" text,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "custom_values_certificate_id_field_id_pk" PRIMARY KEY("certificate_id","field_id"),
	CONSTRAINT "custom_values_one" CHECK (("custom_values"."shared_value" is null) <> ("custom_values"."private_value" is null))
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text collate "C" NOT NULL,
	"name_key" text collate "C" NOT NULL,
	"created_on" date NOT NULL,
	"recipient_count" integer DEFAULT 0 NOT NULL,
	"issued_count" integer DEFAULT 0 NOT NULL,
	"hidden_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "recipient_terms" (
	"account_id" uuid NOT NULL,
	"term" text collate "C" NOT NULL,
	"name_key" text collate "C" NOT NULL,
	"name_rank" integer NOT NULL,
	"source" text collate "C" NOT NULL,
	"recipient_id" uuid NOT NULL,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "recipient_terms_account_id_term_name_key_name_rank_source_pk" PRIMARY KEY("account_id","term","name_key","name_rank","source"),
	CONSTRAINT "recipient_terms_source" CHECK ("recipient_terms"."source" in ('name', 'email'))
);
--> statement-breakpoint
CREATE TABLE "recipients" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"name" text NOT NULL,
	"name_key" text collate "C" NOT NULL,
	"name_rank" integer NOT NULL,
	"email" text NOT NULL,
	"email_masked" text NOT NULL,
	"email_key" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"hidden_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "verification_events" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"account_id" uuid NOT NULL,
	"certificate_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"ip" text,
	"user_agent" text,
	"referrer" text,
	CONSTRAINT "verification_events_id_at_pk" PRIMARY KEY("id","at"),
	CONSTRAINT "verification_events_kind" CHECK ("verification_events"."kind" in ('view', 'download'))
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "verification_events_default" PARTITION OF "verification_events" DEFAULT;
--> statement-breakpoint
CREATE TABLE "verification_months" (
	"account_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"month" text collate "C" NOT NULL,
	"views" integer,
	"downloads" integer,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "verification_months_list_id_month_pk" PRIMARY KEY("list_id","month")
);
--> statement-breakpoint
CREATE TABLE "apps" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"client_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"publisher_domain" text,
	"redirect_host" text NOT NULL,
	"status" text NOT NULL,
	"connected_at" timestamp (3) with time zone NOT NULL,
	"connected_on" date NOT NULL,
	"status_changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "apps_status" CHECK ("apps"."status" in ('active', 'paused', 'revoked'))
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"oidc_grant_id" text collate "C" NOT NULL,
	"status" text NOT NULL,
	"scopes" text[] NOT NULL,
	"accepted_fields" text[] NOT NULL,
	"policy_version" text NOT NULL,
	"notice_version" text,
	"consented_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "grants_status" CHECK ("grants"."status" in ('active', 'revoked'))
);
--> statement-breakpoint
CREATE TABLE "oauth_artifacts" (
	"kind" text collate "C" NOT NULL,
	"digest" "bytea" NOT NULL,
	"payload" jsonb NOT NULL,
	"account_id" uuid,
	"client_id" text collate "C",
	"oidc_grant_id" text collate "C",
	"uid" text collate "C",
	"scope" text,
	"resource" text,
	"replay_sealed" "bytea",
	"created_at" timestamp (3) with time zone NOT NULL,
	"consumed_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	CONSTRAINT "oauth_artifacts_kind_digest_pk" PRIMARY KEY("kind","digest")
);
--> statement-breakpoint
CREATE TABLE "oauth_clients" (
	"client_id" text collate "C" PRIMARY KEY NOT NULL,
	"payload" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_rules" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"applied_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "disclosures" (
	"writer_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"salt" "bytea" NOT NULL,
	"account_id" uuid NOT NULL,
	"app_id" uuid NOT NULL,
	"grant_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"day" date NOT NULL,
	"tool" text NOT NULL,
	"purpose" text NOT NULL,
	"field_names" text[] NOT NULL,
	"record_count" integer NOT NULL,
	"outcome" text NOT NULL,
	CONSTRAINT "disclosures_writer_id_seq_pk" PRIMARY KEY("writer_id","seq"),
	CONSTRAINT "disclosures_purpose" CHECK ("disclosures"."purpose" in ('fulfil_request')),
	CONSTRAINT "disclosures_outcome" CHECK ("disclosures"."outcome" in ('answered', 'withheld', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "ledger_heads" (
	"writer_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"head" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"key_id" uuid NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ledger_heads_writer_id_seq_pk" PRIMARY KEY("writer_id","seq")
);
--> statement-breakpoint
CREATE TABLE "ledger_leaves" (
	"writer_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"leaf" "bytea" NOT NULL,
	CONSTRAINT "ledger_leaves_writer_id_seq_pk" PRIMARY KEY("writer_id","seq")
);
--> statement-breakpoint
CREATE TABLE "ledger_writers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_holds" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"lifted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"service" text NOT NULL,
	"version" text NOT NULL,
	"effective_on" date NOT NULL,
	"content" text NOT NULL,
	CONSTRAINT "notices_service_version_pk" PRIMARY KEY("service","version")
);
--> statement-breakpoint
CREATE TABLE "privacy_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"app_id" uuid,
	"kind" text NOT NULL,
	"service" text NOT NULL,
	"categories" text[],
	"channel" text NOT NULL,
	"status" text NOT NULL,
	"received_on" date NOT NULL,
	"due_on" date NOT NULL,
	"reason" text,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "privacy_requests_kind" CHECK ("privacy_requests"."kind" in ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'deactivation', 'complaint_help')),
	CONSTRAINT "privacy_requests_status" CHECK ("privacy_requests"."status" in ('awaiting_confirmation', 'identity_check', 'in_progress', 'done', 'refused', 'withdrawn', 'lapsed'))
);
--> statement-breakpoint
CREATE TABLE "purpose_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"purpose" text NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"retired_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"deleted_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "domain_exposures" (
	"account_id" uuid NOT NULL,
	"domain" text collate "C" NOT NULL,
	"started_on" date NOT NULL,
	"ended_on" date,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "domain_exposures_account_id_domain_started_on_pk" PRIMARY KEY("account_id","domain","started_on")
);
--> statement-breakpoint
CREATE TABLE "domain_privacy" (
	"account_id" uuid NOT NULL,
	"domain" text collate "C" NOT NULL,
	"privacy_on" boolean NOT NULL,
	"published_field_names" text[] NOT NULL,
	"required_by" text NOT NULL,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "domain_privacy_account_id_domain_pk" PRIMARY KEY("account_id","domain"),
	CONSTRAINT "domain_privacy_required_by" CHECK ("domain_privacy"."required_by" in ('ca_policy', 'registry', 'none'))
);
--> statement-breakpoint
CREATE TABLE "order_contacts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"role" text NOT NULL,
	"details_sealed" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tls_certificates" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"order_id" uuid,
	"fingerprint" "bytea" NOT NULL,
	"serial_key" text collate "C" NOT NULL,
	"common_name" text NOT NULL,
	"dns_names" text[] NOT NULL,
	"ip_name_count" integer NOT NULL,
	"type" text NOT NULL,
	"issuer" text NOT NULL,
	"key_algorithm" text NOT NULL,
	"organisation_name" text,
	"organisation_country" text,
	"valid_from" date NOT NULL,
	"valid_until" date NOT NULL,
	"revoked_on" date,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "tls_certificates_type" CHECK ("tls_certificates"."type" in ('DV', 'OV', 'EV', 'unknown')),
	CONSTRAINT "tls_certificates_dv_without_organisation" CHECK ("tls_certificates"."type" <> 'DV' or ("tls_certificates"."organisation_name" is null and "tls_certificates"."organisation_country" is null))
);
--> statement-breakpoint
CREATE TABLE "tls_orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"order_number" text collate "C" NOT NULL,
	"product_type" text NOT NULL,
	"validation_level" text NOT NULL,
	"domains" text[] NOT NULL,
	"status" text NOT NULL,
	"ordered_on" date NOT NULL,
	"vetting_status" text NOT NULL,
	"organisation_name" text,
	"organisation_country" text,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "tls_orders_product_type" CHECK ("tls_orders"."product_type" in ('single', 'wildcard', 'multi_domain')),
	CONSTRAINT "tls_orders_validation_level" CHECK ("tls_orders"."validation_level" in ('DV', 'OV', 'EV', 'unknown')),
	CONSTRAINT "tls_orders_status" CHECK ("tls_orders"."status" in ('draft', 'awaiting_validation', 'awaiting_documents', 'issued', 'cancelled', 'rejected')),
	CONSTRAINT "tls_orders_vetting_status" CHECK ("tls_orders"."vetting_status" in ('not_required', 'pending', 'passed', 'failed')),
	CONSTRAINT "tls_orders_dv_without_organisation" CHECK ("tls_orders"."validation_level" <> 'DV' or ("tls_orders"."organisation_name" is null and "tls_orders"."organisation_country" is null))
);
--> statement-breakpoint
ALTER TABLE "billing_profiles" ADD CONSTRAINT "billing_profiles_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contact_messages" ADD CONSTRAINT "contact_messages_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_links" ADD CONSTRAINT "password_links_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_messages" ADD CONSTRAINT "support_messages_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "transactions" ADD CONSTRAINT "transactions_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vetting_documents" ADD CONSTRAINT "vetting_documents_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_recipient_id_recipients_id_fk" FOREIGN KEY ("recipient_id") REFERENCES "public"."recipients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "custom_fields" ADD CONSTRAINT "custom_fields_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "custom_fields" ADD CONSTRAINT "custom_fields_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "custom_values" ADD CONSTRAINT "custom_values_certificate_id_certificates_id_fk" FOREIGN KEY ("certificate_id") REFERENCES "public"."certificates"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "custom_values" ADD CONSTRAINT "custom_values_field_id_custom_fields_id_fk" FOREIGN KEY ("field_id") REFERENCES "public"."custom_fields"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recipients" ADD CONSTRAINT "recipients_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recipients" ADD CONSTRAINT "recipients_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verification_months" ADD CONSTRAINT "verification_months_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verification_months" ADD CONSTRAINT "verification_months_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apps" ADD CONSTRAINT "apps_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disclosures" ADD CONSTRAINT "disclosures_grant_id_grants_id_fk" FOREIGN KEY ("grant_id") REFERENCES "public"."grants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_heads" ADD CONSTRAINT "ledger_heads_writer_id_ledger_writers_id_fk" FOREIGN KEY ("writer_id") REFERENCES "public"."ledger_writers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_leaves" ADD CONSTRAINT "ledger_leaves_writer_id_ledger_writers_id_fk" FOREIGN KEY ("writer_id") REFERENCES "public"."ledger_writers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD CONSTRAINT "privacy_requests_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "privacy_requests" ADD CONSTRAINT "privacy_requests_app_id_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."apps"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "domain_exposures" ADD CONSTRAINT "domain_exposures_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "domain_privacy" ADD CONSTRAINT "domain_privacy_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_contacts" ADD CONSTRAINT "order_contacts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_contacts" ADD CONSTRAINT "order_contacts_order_id_tls_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."tls_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tls_certificates" ADD CONSTRAINT "tls_certificates_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tls_certificates" ADD CONSTRAINT "tls_certificates_order_id_tls_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."tls_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tls_orders" ADD CONSTRAINT "tls_orders_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_email_key" ON "accounts" USING btree ("email_key");--> statement-breakpoint
CREATE INDEX "support_messages_account" ON "support_messages" USING btree ("account_id","written_at");--> statement-breakpoint
CREATE INDEX "transactions_account" ON "transactions" USING btree ("account_id","occurred_on");--> statement-breakpoint
CREATE INDEX "certificate_terms_certificate" ON "certificate_terms" USING btree ("certificate_id","term");--> statement-breakpoint
CREATE UNIQUE INDEX "certificates_public_number" ON "certificates" USING btree ("account_id","public_number");--> statement-breakpoint
CREATE UNIQUE INDEX "certificates_verification_code" ON "certificates" USING btree ("verification_code");--> statement-breakpoint
CREATE INDEX "certificates_order" ON "certificates" USING btree ("account_id","issued_on","public_number");--> statement-breakpoint
CREATE INDEX "certificates_list" ON "certificates" USING btree ("account_id","list_id","issued_on","public_number");--> statement-breakpoint
CREATE INDEX "certificates_expiry" ON "certificates" USING btree ("account_id","expires_on","public_number") WHERE "certificates"."expires_on" is not null;--> statement-breakpoint
CREATE INDEX "certificates_revoked" ON "certificates" USING btree ("account_id","issued_on","public_number") WHERE "certificates"."revoked_on" is not null;--> statement-breakpoint
CREATE INDEX "certificates_recipient" ON "certificates" USING btree ("recipient_id","issued_on","public_number");--> statement-breakpoint
CREATE UNIQUE INDEX "custom_fields_name" ON "custom_fields" USING btree ("list_id",(coalesce("shared_name", "private_name")));--> statement-breakpoint
CREATE UNIQUE INDEX "lists_order" ON "lists" USING btree ("account_id","name_key","name");--> statement-breakpoint
CREATE INDEX "recipient_terms_recipient" ON "recipient_terms" USING btree ("recipient_id","term");--> statement-breakpoint
CREATE UNIQUE INDEX "recipients_natural" ON "recipients" USING btree ("list_id","email_key","name_key");--> statement-breakpoint
CREATE UNIQUE INDEX "recipients_order" ON "recipients" USING btree ("account_id","name_key","name_rank");--> statement-breakpoint
CREATE INDEX "recipients_list" ON "recipients" USING btree ("account_id","list_id","name_key","name_rank");--> statement-breakpoint
CREATE INDEX "verification_events_certificate" ON "verification_events" USING btree ("certificate_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "apps_account_client" ON "apps" USING btree ("account_id","client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "grants_oidc_grant" ON "grants" USING btree ("oidc_grant_id");--> statement-breakpoint
CREATE INDEX "grants_app" ON "grants" USING btree ("app_id","status");--> statement-breakpoint
CREATE INDEX "oauth_artifacts_grant" ON "oauth_artifacts" USING btree ("oidc_grant_id");--> statement-breakpoint
CREATE INDEX "oauth_artifacts_uid" ON "oauth_artifacts" USING btree ("kind","uid");--> statement-breakpoint
CREATE INDEX "oauth_artifacts_account" ON "oauth_artifacts" USING btree ("account_id","kind");--> statement-breakpoint
CREATE INDEX "oauth_artifacts_expiry" ON "oauth_artifacts" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "disclosures_app" ON "disclosures" USING btree ("account_id","app_id","day");--> statement-breakpoint
CREATE INDEX "privacy_requests_account" ON "privacy_requests" USING btree ("account_id","received_on");--> statement-breakpoint
CREATE UNIQUE INDEX "purpose_keys_current" ON "purpose_keys" USING btree ("purpose") WHERE "purpose_keys"."retired_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "tls_certificates_fingerprint" ON "tls_certificates" USING btree ("account_id","fingerprint");--> statement-breakpoint
CREATE UNIQUE INDEX "tls_certificates_order" ON "tls_certificates" USING btree ("account_id","valid_until","serial_key");--> statement-breakpoint
CREATE UNIQUE INDEX "tls_orders_order_number" ON "tls_orders" USING btree ("account_id","order_number");--> statement-breakpoint
CREATE INDEX "tls_orders_order" ON "tls_orders" USING btree ("account_id","ordered_on","order_number");