CREATE TABLE "retention_periods" (
	"retention_class" text collate "C" PRIMARY KEY NOT NULL,
	"months" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sweep_clock" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"swept_to" timestamp (3) with time zone NOT NULL,
	"database_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"outcome" text NOT NULL,
	"done_at" timestamp (3) with time zone,
	"due_count" integer DEFAULT 0 NOT NULL,
	"held_count" integer DEFAULT 0 NOT NULL,
	"due_since" date,
	CONSTRAINT "sweeps_outcome" CHECK ("sweeps"."outcome" in ('done', 'skipped', 'failed', 'refused'))
);
