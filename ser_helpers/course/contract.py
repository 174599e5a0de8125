"""The graded functions of every lesson, their arguments, and how many known mistakes each names at least.

Names and arguments are a promise: solutions, checks, graders and last year's notebooks rely on them.
"""

CONTRACT = {
    "01_load_crema_d": {
        "parse_clip_name": ("name", 3), "build_clip_table": ("names", 3), "count_emotions": ("clips", 2),
        "find_missing": ("clips", 1),
    },
    "02_see_and_hear": {
        "time_axis": ("n_samples sample_rate", 2), "rms_db": ("y frame_length hop_length", 3),
        "plot_waveform": ("y sample_rate ax", 1), "plot_emotion_counts": ("clips ax", 2),
        "spectrogram_db": ("y n_fft hop_length", 3),
    },
    "03_mfcc": {
        "log_mel": ("y sample_rate n_mels", 3), "mfcc_from_log_mel": ("log_mel n_mfcc", 3),
        "clip_features": ("y sample_rate", 3),
    },
    "04_noise": {
        "add_noise": ("y snr_db rng", 3), "measure_snr": ("clean noisy", 2),
        "augment_training": ("X_clean X_noisy labels is_train", 3),
    },
    "05_split_and_scale": {
        "split_by_actor": ("actors test_fraction seed", 3), "shared_actors": ("actors is_test", 0),
        "fit_scaler": ("X_train", 4), "scale": ("X mean std", 0),
    },
    "06_train_mlp": {
        "relu": ("z", 0), "softmax": ("z", 2), "mlp_forward": ("X weights biases", 1), "build_model": ("seed", 2),
        "has_converged": ("loss_curve tol patience", 2),
    },
    "07_evaluate": {
        "confusion": ("y_true y_pred labels", 2), "uar": ("y_true y_pred", 2),
        "actor_interval": ("correct actors n_resamples rng", 1), "human_accuracy": ("votes intended", 2),
        "recall_by_group": ("y_true y_pred group", 0),
    },
    "08_predict": {
        "prepare": ("y sample_rate", 3), "predict_emotion": ("model y sample_rate", 2),
        "top_k": ("probabilities labels k", 2),
    },
    "09_capstone": {
        "actor_folds": ("actors n_folds seed", 2),
        "paired_interval": ("y_true new baseline actors n_resamples rng", 3),
    },
}  # fmt: skip
