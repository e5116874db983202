using GoNoGo.Detection.Options;
using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Optimizers;

namespace GoNoGo.Detection.Training;

/// <summary>Reads the options that every detector trained by gradient descent has.</summary>
internal static class TrainerOptions
{
    public static GradientTrainerOptions From(OptionSet options) => new(
        options.Integer("batch-size"),
        options.Integer("max-epochs"),
        options.Integer("patience"),
        options.Switch("shuffle"),
        options["best-weights"] == "restore");

    public static Optimizer Optimizer(OptionSet options, IReadOnlyList<Parameter> parameters) => new Adam(parameters, new AdamOptions
    {
        LearningRate = options.Number("learning-rate"),
        WeightDecay = options.Number("weight-decay"),
        DecouplesWeightDecay = options["optimizer"] == "adamw",
    });
}
