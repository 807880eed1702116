DROP INDEX "certificates_list";--> statement-breakpoint
CREATE INDEX "certificates_of_list" ON "certificates" USING btree ("list_id","account_id","issued_on","public_number");--> statement-breakpoint
CREATE INDEX "custom_fields_account" ON "custom_fields" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "custom_values_field" ON "custom_values" USING btree ("field_id");--> statement-breakpoint
CREATE INDEX "grants_account" ON "grants" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "disclosures_of_app" ON "disclosures" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "disclosures_grant" ON "disclosures" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "privacy_requests_app" ON "privacy_requests" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "request_steps_account" ON "request_steps" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "verification_months_account" ON "verification_months" USING btree ("account_id");