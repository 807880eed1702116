CREATE TABLE "tls_names" (
	"account_id" uuid NOT NULL,
	"name" text collate "C" NOT NULL,
	"valid_until" date NOT NULL,
	"serial_key" text collate "C" NOT NULL,
	"certificate_id" uuid NOT NULL,
	"hidden_at" timestamp (3) with time zone,
	CONSTRAINT "tls_names_account_id_name_valid_until_serial_key_pk" PRIMARY KEY("account_id","name","valid_until","serial_key")
);
--> statement-breakpoint
ALTER TABLE "tls_names" ADD CONSTRAINT "tls_names_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tls_names" ADD CONSTRAINT "tls_names_certificate_id_tls_certificates_id_fk" FOREIGN KEY ("certificate_id") REFERENCES "public"."tls_certificates"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tls_names_certificate" ON "tls_names" USING btree ("certificate_id");--> statement-breakpoint
CREATE INDEX "tls_certificates_of_type" ON "tls_certificates" USING btree ("account_id","type","valid_until","serial_key");--> statement-breakpoint
CREATE INDEX "tls_certificates_revoked" ON "tls_certificates" USING btree ("account_id","valid_until","serial_key") WHERE "tls_certificates"."revoked_on" is not null;--> statement-breakpoint
CREATE INDEX "tls_orders_of_status" ON "tls_orders" USING btree ("account_id","status","ordered_on","order_number");--> statement-breakpoint
INSERT INTO "tls_names" ("account_id", "name", "valid_until", "serial_key", "certificate_id", "hidden_at")
SELECT DISTINCT c."account_id", lower(n."name") COLLATE "C", c."valid_until", c."serial_key", c."id", c."hidden_at"
FROM "tls_certificates" c CROSS JOIN LATERAL unnest(c."dns_names" || c."common_name") n ("name") WHERE n."name" !~ '[^A-Za-z0-9_.*-]';
