"""Studies: trainings with other settings each, chosen by Optuna and carried out by Ray Tune."""
