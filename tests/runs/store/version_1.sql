BEGIN TRANSACTION;
CREATE TABLE epochs (
            run_id VARCHAR NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
            epoch INTEGER NOT NULL,
            batches JSON NOT NULL,
            ended JSON,
            PRIMARY KEY (run_id, epoch)
        );
INSERT INTO "epochs" VALUES('tiny-f1450c',1,'[{"event": "batch_ended", "epoch": 1, "batch": 1, "n_batches": 2, "phase": 1, "train_loss": 0.3333333333333333, "learning_rate": 0.1, "seconds": 0.0}, {"event": "batch_ended", "epoch": 1, "batch": 2, "n_batches": 2, "phase": 1, "train_loss": 0.3333333333333333, "learning_rate": 0.1, "seconds": 0.0}]','{"event": "epoch_ended", "epoch": 1, "phase": 1, "train_loss": 1.1, "valid_loss": 0.81, "rmse": 0.9, "mae": 0.7, "learning_rate": 0.1, "seconds": 1, "ratings_per_second": 8}');
INSERT INTO "epochs" VALUES('tiny-f1450c',2,'[{"event": "batch_ended", "epoch": 2, "batch": 1, "n_batches": 2, "phase": 1, "train_loss": 0.3333333333333333, "learning_rate": 0.1, "seconds": 0.0}, {"event": "batch_ended", "epoch": 2, "batch": 2, "n_batches": 2, "phase": 1, "train_loss": 0.3333333333333333, "learning_rate": 0.1, "seconds": 0.0}]','{"event": "epoch_ended", "epoch": 2, "phase": 1, "train_loss": 1.1, "valid_loss": 0.81, "rmse": 0.9, "mae": 0.7, "learning_rate": 0.1, "seconds": 1, "ratings_per_second": 8}');
CREATE TABLE runs (
            run_id VARCHAR NOT NULL PRIMARY KEY,
            created VARCHAR NOT NULL,
            owner VARCHAR NOT NULL,
            spec JSON NOT NULL,
            outcome VARCHAR NOT NULL,
            message VARCHAR NOT NULL,
            keeper VARCHAR NOT NULL,
            fingerprint VARCHAR NOT NULL,
            versions JSON NOT NULL,
            seconds DOUBLE,
            n_epochs_done INTEGER NOT NULL,
            valid_loss DOUBLE,
            rmse DOUBLE,
            has_factors BOOLEAN NOT NULL,
            started JSON,
            ended JSON
        );
INSERT INTO "runs" VALUES('tiny-f1450c','2026-11-24T07:25:30.390659+00:00','anna','{"data": "/data/tiny", "split": {"valid_fraction": 0.2, "seed": 42}, "config": {"recipe": "tiny", "model": {"kind": "bias", "n_factors": 4, "init_low": -0.05, "init_high": 0.05, "sigmoid": true, "range_margin": 0.0, "start_at_mean": false, "n_hidden": 10, "dropout": 0.05, "hidden_dropout": 0.5}, "optimizer": "adam", "phases": [{"n_epochs": 2, "learning_rate": 0.01, "schedule": "constant", "cycle_length": 1, "cycle_multiplier": 1, "cut_after": null}], "weight_decay": 0.0, "momentum": 0.9, "batch_size": 16, "seed": 0}, "device": "cpu"}','finished','','a439a7ec65cf498a91de92c86af16e16','f00d','{"torch": "2"}',1.5,2,0.81,0.9,1,'{"event": "fit_started", "n_train": 8, "n_valid": 2, "n_batches": 2, "n_epochs": 2, "n_parameters": 12, "device": "cpu", "model": "Model()", "layers": {}}','{"event": "fit_ended", "outcome": "finished", "epoch": 2, "seconds": 1.5, "message": ""}');
COMMIT;
PRAGMA user_version = 1;
