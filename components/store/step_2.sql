-- Batches: runs and their tasks, truth masks, groups, and blobs that are kept somewhere else.

ALTER TABLE blobs ADD COLUMN is_away BIGINT NOT NULL DEFAULT 0;

ALTER TABLE items ADD COLUMN grouping {text} NOT NULL DEFAULT '';

CREATE TABLE truths (
    item_id {text} NOT NULL,
    mask_sha256 {text} NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    class_map {text} NOT NULL,
    added_by {text} NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (item_id),
    FOREIGN KEY(item_id) REFERENCES items (id),
    FOREIGN KEY(mask_sha256) REFERENCES blobs (sha256)
);

CREATE TABLE runs (
    id {text} NOT NULL,
    project_id {text} NOT NULL,
    model {text} NOT NULL,
    confidence BIGINT NOT NULL,
    server {text} NOT NULL,
    ask_at BIGINT,
    workers BIGINT NOT NULL,
    state {text} NOT NULL,
    reason {text} NOT NULL,
    kind {text} NOT NULL,
    source {text} NOT NULL,
    path {text} NOT NULL,
    is_own_path BIGINT NOT NULL,
    is_reading BIGINT NOT NULL,
    reader {text} NOT NULL,
    reader_until BIGINT NOT NULL,
    expected BIGINT,
    truth_classes {text} NOT NULL,
    created_by {text} NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE INDEX runs_project ON runs (project_id, created_at);

CREATE INDEX runs_state ON runs (state, created_at);

CREATE TABLE tasks (
    run_id {text} NOT NULL,
    seq BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name {text} NOT NULL,
    grouping {text} NOT NULL,
    image_sha256 {text},
    size BIGINT NOT NULL,
    truth_sha256 {text},
    truth_width BIGINT,
    truth_height BIGINT,
    answer_id {text},
    item_id {text},
    state {text} NOT NULL,
    problem {text} NOT NULL,
    attempts BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    claimed_by {text} NOT NULL,
    claimed_until BIGINT NOT NULL,
    seconds DOUBLE PRECISION,
    at BIGINT NOT NULL,
    PRIMARY KEY (run_id, seq),
    FOREIGN KEY(run_id) REFERENCES runs (id),
    FOREIGN KEY(image_sha256) REFERENCES images (sha256),
    FOREIGN KEY(truth_sha256) REFERENCES blobs (sha256),
    FOREIGN KEY(answer_id) REFERENCES answers (id),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX tasks_state ON tasks (run_id, state, seq);

CREATE INDEX tasks_at ON tasks (run_id, at);

CREATE INDEX tasks_image ON tasks (image_sha256, run_id);

CREATE INDEX tasks_answer ON tasks (answer_id);

CREATE INDEX tasks_item ON tasks (item_id)
