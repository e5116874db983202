using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>EXIF orientation is not applied, and everybody is told once.</summary>
public sealed class OrientationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Orientation_is_said_to_be_ignored_once()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.File($"data/good/{i}.jpg", JpegFile.Gray(32, 24, orientation: 6));
        }

        _folder.File("data/bad/0.JPG", JpegFile.Gray(32, 24, orientation: 8));
        const string Word = "carry an EXIF orientation, which is ignored";
        string model = _folder["turned.gonogo"];
        Outcome trained = Gonogo.Do("train", "--data", _folder["data"], "--output", model, "--detector", "autoencoder", "--set", "size=32", "--set", "latent=4", "--epochs", "1");
        Assert.Single(trained.Error.Split('\n'), line => line.Contains(Word, StringComparison.Ordinal));
        Outcome evaluated = Gonogo.Do("evaluate", model, "--data", _folder["data"]);
        Assert.Single((evaluated.Out + evaluated.Error).Split('\n'), line => line.Contains(Word, StringComparison.Ordinal));
        Assert.Contains(Word, Gonogo.Do("data", "describe", _folder["data"]).Out, StringComparison.Ordinal);
        Outcome inspected = Gonogo.Do("inspect", model, _folder["data/good"], "--threshold", "1e9");
        Assert.Single(inspected.Error.Split('\n'), line => line.Contains("EXIF orientation", StringComparison.Ordinal));
    }
}
