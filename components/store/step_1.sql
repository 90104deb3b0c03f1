-- The tables of the first desk. {…} stands for what the two databases call differently.

CREATE TABLE attempts (
    "key" {text} NOT NULL,
    failures BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE blobs (
    sha256 {text} NOT NULL,
    size BIGINT NOT NULL,
    data {bytes} NOT NULL,
    PRIMARY KEY (sha256)
);

CREATE TABLE projects (
    id {text} NOT NULL,
    name {text} NOT NULL,
    model {text} NOT NULL,
    confidence BIGINT NOT NULL,
    class_map {text} NOT NULL,
    instructions {text} NOT NULL,
    needed BIGINT NOT NULL,
    policy {text} NOT NULL,
    members {text} NOT NULL,
    created_by {text} NOT NULL,
    created_at BIGINT NOT NULL,
    archived_at BIGINT,
    last_position BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE schema_steps (
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (number)
);

CREATE TABLE sign_ins (
    token_sha256 {text} NOT NULL,
    name {text} NOT NULL,
    role {text} NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (token_sha256)
);

CREATE TABLE events (
    seq {seq},
    id {text} NOT NULL,
    at BIGINT NOT NULL,
    project_id {text} NOT NULL,
    item_id {text},
    actor {text} NOT NULL,
    kind {text} NOT NULL,
    detail {text} NOT NULL,
    UNIQUE (id),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE INDEX events_kind ON events (project_id, kind, seq);

CREATE INDEX events_project ON events (project_id, seq);

CREATE TABLE images (
    sha256 {text} NOT NULL,
    name {text} NOT NULL,
    media_type {text} NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    original_width BIGINT NOT NULL,
    original_height BIGINT NOT NULL,
    original_bytes BIGINT NOT NULL,
    original_format {text} NOT NULL,
    url {text},
    notes {text} NOT NULL,
    thumbnail_sha256 {text},
    PRIMARY KEY (sha256),
    FOREIGN KEY(sha256) REFERENCES blobs (sha256),
    FOREIGN KEY(thumbnail_sha256) REFERENCES blobs (sha256)
);

CREATE TABLE places (
    project_id {text} NOT NULL,
    reviewer {text} NOT NULL,
    low BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (project_id, reviewer),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE TABLE tallies (
    project_id {text} NOT NULL,
    kind {text} NOT NULL,
    who {text} NOT NULL,
    what {text} NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (project_id, kind, who, what),
    FOREIGN KEY(project_id) REFERENCES projects (id)
);

CREATE TABLE answers (
    id {text} NOT NULL,
    image_sha256 {text} NOT NULL,
    model {text} NOT NULL,
    confidence BIGINT NOT NULL,
    address {text} NOT NULL,
    cut_to BIGINT,
    mask_sha256 {text} NOT NULL,
    mask_width BIGINT NOT NULL,
    mask_height BIGINT NOT NULL,
    confidence_sha256 {text},
    confidence_width BIGINT,
    confidence_height BIGINT,
    class_map {text} NOT NULL,
    image_width BIGINT,
    image_height BIGINT,
    inference_id {text} NOT NULL,
    server_seconds DOUBLE PRECISION,
    prediction_sha256 {text} NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    sent_bytes BIGINT NOT NULL,
    received_bytes BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(image_sha256) REFERENCES images (sha256),
    FOREIGN KEY(mask_sha256) REFERENCES blobs (sha256),
    FOREIGN KEY(confidence_sha256) REFERENCES blobs (sha256)
);

CREATE INDEX answers_asked ON answers (image_sha256, model, confidence, address, at);

CREATE TABLE items (
    id {text} NOT NULL,
    project_id {text} NOT NULL,
    position BIGINT NOT NULL,
    name {text} NOT NULL,
    name_folded {text} NOT NULL,
    name_key {text} NOT NULL,
    image_sha256 {text} NOT NULL,
    answer_id {text},
    status {text} NOT NULL,
    shelf {text} NOT NULL,
    reviews BIGINT NOT NULL,
    mean_confidence DOUBLE PRECISION,
    confidence_key DOUBLE PRECISION NOT NULL,
    disagreement DOUBLE PRECISION NOT NULL,
    problem {text} NOT NULL,
    bucket BIGINT NOT NULL,
    added_by {text} NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id),
    FOREIGN KEY(image_sha256) REFERENCES images (sha256),
    FOREIGN KEY(answer_id) REFERENCES answers (id)
);

CREATE INDEX items_confidence ON items (project_id, shelf, confidence_key, position);

CREATE INDEX items_disagreement ON items (project_id, shelf, disagreement, position);

CREATE UNIQUE INDEX items_image ON items (project_id, image_sha256);

CREATE INDEX items_name ON items (project_id, shelf, name_key, position);

CREATE INDEX items_position ON items (project_id, shelf, position);

CREATE TABLE claims (
    item_id {text} NOT NULL,
    reviewer {text} NOT NULL,
    project_id {text} NOT NULL,
    kind {text} NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (item_id, reviewer),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX claims_project ON claims (project_id, until);

CREATE INDEX claims_reviewer ON claims (reviewer);

CREATE TABLE item_classes (
    item_id {text} NOT NULL,
    class_name {text} NOT NULL,
    class_id BIGINT NOT NULL,
    project_id {text} NOT NULL,
    shelf {text} NOT NULL,
    position BIGINT NOT NULL,
    share DOUBLE PRECISION NOT NULL,
    pixels BIGINT NOT NULL,
    PRIMARY KEY (item_id, class_name),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX item_classes_position ON item_classes (project_id, class_name, shelf, position);

CREATE INDEX item_classes_share ON item_classes (project_id, class_name, shelf, share, position);

CREATE TABLE name_grams (
    project_id {text} NOT NULL,
    gram {text} NOT NULL,
    item_id {text} NOT NULL,
    PRIMARY KEY (project_id, gram, item_id),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE TABLE pins (
    id {text} NOT NULL,
    item_id {text} NOT NULL,
    x DOUBLE PRECISION NOT NULL,
    y DOUBLE PRECISION NOT NULL,
    text {text} NOT NULL,
    class_id BIGINT,
    class_name {text} NOT NULL,
    sureness DOUBLE PRECISION,
    region {text} NOT NULL,
    author {text} NOT NULL,
    at BIGINT NOT NULL,
    is_open BIGINT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(item_id) REFERENCES items (id)
);

CREATE INDEX pins_item ON pins (item_id, at);

CREATE TABLE reviews (
    seq {seq},
    id {text} NOT NULL,
    project_id {text} NOT NULL,
    item_id {text} NOT NULL,
    item_name {text} NOT NULL,
    reviewer {text} NOT NULL,
    at BIGINT NOT NULL,
    move {text} NOT NULL,
    undoes {text},
    reasons {text} NOT NULL,
    class_names {text} NOT NULL,
    note {text} NOT NULL,
    confidence BIGINT NOT NULL,
    image_sha256 {text} NOT NULL,
    answer_id {text},
    model {text} NOT NULL,
    UNIQUE (id),
    FOREIGN KEY(project_id) REFERENCES projects (id),
    FOREIGN KEY(item_id) REFERENCES items (id),
    FOREIGN KEY(answer_id) REFERENCES answers (id)
);

CREATE INDEX reviews_item ON reviews (item_id, seq);

CREATE INDEX reviews_move ON reviews (project_id, move, seq);

CREATE INDEX reviews_project ON reviews (project_id, seq);

CREATE INDEX reviews_reviewer ON reviews (project_id, reviewer, seq);

CREATE INDEX reviews_undoes ON reviews (undoes);

CREATE TABLE notices (
    id {text} NOT NULL,
    project_id {text} NOT NULL,
    reviewer {text} NOT NULL,
    item_id {text} NOT NULL,
    review_id {text} NOT NULL,
    other {text} NOT NULL,
    other_move {text} NOT NULL,
    my_move {text} NOT NULL,
    at BIGINT NOT NULL,
    seen_at BIGINT,
    PRIMARY KEY (id),
    FOREIGN KEY(project_id) REFERENCES projects (id),
    FOREIGN KEY(item_id) REFERENCES items (id),
    FOREIGN KEY(review_id) REFERENCES reviews (id)
);

CREATE INDEX notices_review ON notices (review_id);

CREATE INDEX notices_reviewer ON notices (project_id, reviewer, seen_at);

CREATE TABLE remarks (
    seq {seq},
    id {text} NOT NULL,
    pin_id {text} NOT NULL,
    author {text} NOT NULL,
    at BIGINT NOT NULL,
    act {text} NOT NULL,
    text {text} NOT NULL,
    UNIQUE (id),
    FOREIGN KEY(pin_id) REFERENCES pins (id)
);

CREATE INDEX remarks_pin ON remarks (pin_id, seq);

CREATE TABLE standing (
    item_id {text} NOT NULL,
    reviewer {text} NOT NULL,
    project_id {text} NOT NULL,
    review_id {text} NOT NULL,
    seq BIGINT NOT NULL,
    position BIGINT NOT NULL,
    move {text} NOT NULL,
    waits BIGINT NOT NULL,
    due BIGINT NOT NULL,
    is_voice BIGINT NOT NULL,
    PRIMARY KEY (item_id, reviewer),
    FOREIGN KEY(item_id) REFERENCES items (id),
    FOREIGN KEY(review_id) REFERENCES reviews (id)
);

CREATE INDEX standing_due ON standing (project_id, reviewer, due, seq);

CREATE INDEX standing_voice ON standing (project_id, reviewer, is_voice, position);
