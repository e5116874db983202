using System.Runtime.InteropServices;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Float TIFF files of several pages go all the way, and everybody is told once that the first page is read.</summary>
public sealed class TiffTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Float_pictures_are_judged_and_their_further_pages_told_of()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.File($"data/good/{i}.tif", TwoPages(i));
        }

        _folder.File("data/bad/0.tiff", TwoPages(99));
        const string Word = "several pages; only the first is read";
        string model = _folder["pages.gonogo"];
        Outcome trained = Gonogo.Do("train", "--data", _folder["data"], "--output", model, "--detector", "autoencoder", "--set", "size=32", "--set", "latent=4", "--epochs", "1");
        Assert.Single(trained.Error.Split('\n'), line => line.Contains(Word, StringComparison.Ordinal));
        Outcome evaluated = Gonogo.Do("evaluate", model, "--data", _folder["data"]);
        Assert.Single((evaluated.Out + evaluated.Error).Split('\n'), line => line.Contains(Word, StringComparison.Ordinal));
        string described = Gonogo.Do("data", "describe", _folder["data"]).Out;
        Assert.Contains("7 files hold several pictures", described, StringComparison.Ordinal);
        Assert.Contains("32-bit float gray", described, StringComparison.Ordinal);
        Outcome inspected = Gonogo.Do("inspect", model, _folder["data/good"], "--threshold", "1e9");
        Assert.Single(inspected.Error.Split('\n'), line => line.Contains("several pages", StringComparison.Ordinal));
    }

    [Fact]
    public void A_float_picture_with_a_value_that_is_no_number_is_named()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.File($"data/good/{i}.tif", TwoPages(i));
        }

        string model = _folder["m.gonogo"];
        Gonogo.Do("train", "--data", _folder["data"], "--output", model, "--detector", "autoencoder", "--set", "size=32", "--set", "latent=4", "--epochs", "1");
        string broken = _folder.File("nan.tif", TwoPages(7, float.NaN));
        Gonogo.Refused(1, ["nan.tif", "NaN at column 5, row 0"], "inspect", model, broken, "--threshold", "1");
    }

    private static byte[] TwoPages(int seed, float special = 0.5f)
    {
        var random = new Random(seed);
        float[] samples = [.. Enumerable.Range(0, 32 * 24).Select(i => i == 5 ? special : (i % 32 / 40f) + (random.NextSingle() / 10))];
        TiffFile file = TiffFile.Plain(32, 24, 1, 32, 1, MemoryMarshal.AsBytes<float>(samples).ToArray()).Set(339, 3, 3);
        file.Next = file.Build().Length;
        // The second page: one field, no further page.
        return [.. file.Build(), 1, 0, 0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    }
}
