using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets.Synthetic;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>A small sample product line and a tiny model trained on it, made once.</summary>
public sealed class SampleLine : IDisposable
{
    /// <summary>A VT-ADL that trains in a second.</summary>
    public static readonly string[] Tiny =
    [
        "--set", "size=64", "--set", "patch=16", "--set", "width=32", "--set", "depth=1", "--set", "heads=2", "--set", "mlp-width=32",
        "--set", "decoder-layers=3", "--set", "code=512", "--set", "gaussians=4", "--set", "batch-size=4",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<string> _model;

    public SampleLine()
    {
        ProductLine.Write(Data, new ProductLineOptions { Size = 64, TrainGood = 20, TestGood = 4, TestDefective = 2, Seed = 5 });
        _model = new(() =>
        {
            string path = _folder["line.gonogo"];
            Gonogo.Do(Train(path, "--epochs", "2"));
            return path;
        });
    }

    /// <summary>The data root (MVTec AD layout).</summary>
    public string Data => _folder["line"];

    /// <summary>The trained model. Not to be changed.</summary>
    public string Model => _model.Value;

    /// <summary>A command that trains the tiny model.</summary>
    public string[] Train(string output, params string[] more) => ["train", "--data", Data, "--output", output, .. Tiny, .. more];

    public void Dispose() => _folder.Dispose();
}
