DROP INDEX "recipients_natural";--> statement-breakpoint
ALTER TABLE "recipients" ADD COLUMN "identity_key" text collate "C";--> statement-breakpoint
CREATE UNIQUE INDEX "lists_name" ON "lists" USING btree ("account_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "recipients_natural" ON "recipients" USING btree ("list_id","email_key",(coalesce("identity_key", "name_key")));