-- Insights: what is counted of each picture, selections of pictures, and comparisons of models.

ALTER TABLE projects ADD COLUMN shows_names BIGINT NOT NULL DEFAULT 0;

CREATE TABLE class_keys (
    project_id {text} NOT NULL,
    key BIGINT NOT NULL,
    name {text} NOT NULL,
    PRIMARY KEY (project_id, key),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE TABLE item_measures (
    item_id {text} NOT NULL,
    project_id {text} NOT NULL,
    position BIGINT NOT NULL,
    answer_id {text} NOT NULL,
    confidence BIGINT NOT NULL,
    truth_sha256 {text} NOT NULL,
    rules BIGINT NOT NULL,
    pixels BIGINT NOT NULL,
    has_bins BIGINT NOT NULL,
    regions BIGINT NOT NULL,
    tiny_islands BIGINT NOT NULL,
    mean_iou DOUBLE PRECISION,
    PRIMARY KEY (item_id),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX item_measures_position ON item_measures (project_id, position);

CREATE TABLE item_bins (
    item_id {text} NOT NULL,
    project_id {text} NOT NULL,
    position BIGINT NOT NULL,
    classes {bytes} NOT NULL,
    bins {bytes} NOT NULL,
    PRIMARY KEY (item_id),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX item_bins_position ON item_bins (project_id, position);

CREATE TABLE item_confusions (
    item_id {text} NOT NULL,
    project_id {text} NOT NULL,
    position BIGINT NOT NULL,
    pairs {bytes} NOT NULL,
    boundary {bytes} NOT NULL,
    ignored {bytes} NOT NULL,
    PRIMARY KEY (item_id),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX item_confusions_position ON item_confusions (project_id, position);

CREATE TABLE selections (
    id {text} NOT NULL,
    project_id {text} NOT NULL,
    title {text} NOT NULL,
    kind {text} NOT NULL,
    detail {text} NOT NULL,
    created_by {text} NOT NULL,
    created_at BIGINT NOT NULL,
    items BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE INDEX selections_project ON selections (project_id, created_at);

CREATE TABLE selection_items (
    selection_id {text} NOT NULL,
    place BIGINT NOT NULL,
    item_id {text} NOT NULL,
    PRIMARY KEY (selection_id, place),
    FOREIGN KEY(selection_id) REFERENCES selections (id),
    FOREIGN KEY(item_id) REFERENCES items (id)
) {rowless};

CREATE UNIQUE INDEX selection_items_item ON selection_items (selection_id, item_id);

CREATE TABLE comparisons (
    id {text} NOT NULL,
    project_id {text} NOT NULL,
    title {text} NOT NULL,
    a_model {text} NOT NULL,
    a_confidence BIGINT NOT NULL,
    b_model {text} NOT NULL,
    b_confidence BIGINT NOT NULL,
    state {text} NOT NULL,
    problem {text} NOT NULL,
    created_by {text} NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE INDEX comparisons_project ON comparisons (project_id, created_at);

CREATE TABLE comparison_items (
    comparison_id {text} NOT NULL,
    item_id {text} NOT NULL,
    position BIGINT NOT NULL,
    a_answer_id {text},
    b_answer_id {text},
    changed DOUBLE PRECISION,
    pairs {text} NOT NULL,
    truth_a {text} NOT NULL,
    truth_b {text} NOT NULL,
    problem {text} NOT NULL,
    PRIMARY KEY (comparison_id, item_id),
    FOREIGN KEY(comparison_id) REFERENCES comparisons (id),
    FOREIGN KEY(item_id) REFERENCES items (id),
    FOREIGN KEY(a_answer_id) REFERENCES answers (id),
    FOREIGN KEY(b_answer_id) REFERENCES answers (id)
);

CREATE INDEX comparison_items_position ON comparison_items (comparison_id, position);

CREATE INDEX comparison_items_changed ON comparison_items (comparison_id, changed);

CREATE INDEX comparison_items_a ON comparison_items (a_answer_id);

CREATE INDEX comparison_items_b ON comparison_items (b_answer_id)
