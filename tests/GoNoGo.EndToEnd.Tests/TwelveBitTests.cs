using System.Text.Json;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>Pictures of a 12-bit camera in 16-bit files, from training to a verdict.</summary>
public sealed class TwelveBitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defects_below_the_steps_of_8_bits_are_found_with_a_range_and_not_without_the_bits()
    {
        TwelveBitLine.Write(_folder["sixteen"], ".png", picture => PngEncoder.Encode(picture));
        TwelveBitLine.Write(_folder["eight"], ".png", picture => PngEncoder.Encode(picture), TwelveBitLine.ToEightBits);

        Assert.True(Auroc("sixteen", TwelveBitLine.Intensity) >= 0.99);
        Assert.Equal(0.5, Auroc("eight", "intensity=full"));

        // And what the range brings: the same 16 bits at full scale show the plate in 6 parts of 65536.
        Assert.True(Auroc("sixteen", "intensity=full", "full") < 0.9);

        string model = _folder["sixteen.gonogo"];
        Assert.Contains("intensity 980..1020@16", Gonogo.Do("info", model).Out, StringComparison.Ordinal);
        Outcome found = Gonogo.Run("inspect", model, _folder["sixteen/bad"], _folder["sixteen/good"], "--heatmaps", _folder["heat"], "--json");
        Assert.Equal(3, found.Code);
        foreach (string line in found.OutLines)
        {
            using JsonDocument part = JsonDocument.Parse(line);
            if (part.RootElement.GetProperty("picture").GetString()!.Contains("bad", StringComparison.Ordinal))
            {
                Assert.Equal("no-go", part.RootElement.GetProperty("verdict").GetString());
            }
        }

        // The shown picture is what the model saw: black, white and the plate between them.
        using Image heat = ImageDecoder.Load(Directory.EnumerateFiles(_folder["heat"], "000*", SearchOption.AllDirectories).First());
        Assert.True(heat.Samples8!.Max() > 240 && heat.Samples8!.Count(value => value is > 90 and < 170) > heat.Samples8!.Length / 3);
    }

    [Theory]
    [InlineData(false, TwelveBitLine.Intensity)]
    [InlineData(true, "intensity=0.98..1.02")]
    public void They_are_found_in_TIFF_of_16_bits_and_of_floats(bool floats, string intensity)
    {
        TwelveBitLine.Write(_folder["tiff"], ".tif", ToTiff, floats ? TwelveBitLine.ToVolts : null);
        Assert.True(Auroc("tiff", intensity) >= 0.99);
    }

    [Fact]
    public void A_model_with_a_range_refuses_pictures_of_another_depth_and_one_without_warns()
    {
        TwelveBitLine.Write(_folder["sixteen"], ".png", picture => PngEncoder.Encode(picture), good: 10, bad: 1);
        TwelveBitLine.Write(_folder["eight"], ".png", picture => PngEncoder.Encode(picture), TwelveBitLine.ToEightBits, good: 10, bad: 1);
        string ranged = Train("sixteen", "ranged", "1", TwelveBitLine.Intensity);
        string full = Train("sixteen", "full", "1", "intensity=full");
        string eight = _folder["eight/good/000.png"];

        Gonogo.Refused(1, [eight, "8-bit samples", "980..1020 counts 16-bit ones", "intensity=full"], "inspect", ranged, eight, "--threshold", "1");
        Gonogo.Refused(1, ["none of the 3 test picture(s)", "980..1020 counts 16-bit ones"], "evaluate", ranged, "--data", _folder["eight"]);
        Outcome skipped = Gonogo.Run("inspect", ranged, eight, _folder["sixteen/good/000.png"], "--threshold", "1e9", "--skip-damaged");
        Assert.Equal(1, skipped.Code);
        Assert.Contains("1 go, 0 no-go, 1 could not be read", skipped.Out, StringComparison.Ordinal);

        Outcome warned = Gonogo.Run("inspect", full, eight, _folder["eight/good/001.png"], "--threshold", "1e9");
        Assert.Equal(0, warned.Code);
        Assert.Single(warned.Error.Split('\n'), line => line.Contains("8-bit samples, trained on 16-bit", StringComparison.Ordinal));
        Outcome evaluated = Gonogo.Do("evaluate", full, "--data", _folder["eight"]);
        Assert.Contains("differ in size, channels or depth", evaluated.Out + evaluated.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_ranges_are_wrong_usage()
    {
        TwelveBitLine.Write(_folder["eight"], ".png", picture => PngEncoder.Encode(picture), TwelveBitLine.ToEightBits, good: 8, bad: 1);
        string[] train = ["train", "--data", _folder["eight"], "--output", _folder["x.gonogo"], "--set"];
        Gonogo.Refused(2, ["'300..20'", "MIN below MAX"], [.. train, "intensity=300..20"]);
        Gonogo.Refused(2, ["0..4095", "8-bit samples from 0 to 255"], [.. train, "intensity=0..4095"]);
        Gonogo.Refused(2, ["8-bit samples"], [.. train, "intensity=0..200@16"]);
        TwelveBitLine.Write(_folder["eight"], "-16.png", picture => PngEncoder.Encode(picture), good: 4, bad: 1);
        Gonogo.Refused(1, ["samples of 8 and 16 bits", "intensity=full"], [.. train, "intensity=auto"]);
    }

    [Fact]
    public void Alpha_is_said_to_be_ignored_once()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.File($"data/good/{i}.png", TestPictures.Png(32, 32, 4, i));
        }

        _folder.File("data/bad/0.png", TestPictures.Png(32, 32, 4, 99));
        const string Word = "have an alpha channel, which is ignored";
        string model = _folder["alpha.gonogo"];
        Outcome trained = Gonogo.Do("train", "--data", _folder["data"], "--output", model, "--detector", "autoencoder", "--set", "size=32", "--set", "latent=4", "--epochs", "1");
        Assert.Single(trained.Error.Split('\n'), line => line.Contains(Word, StringComparison.Ordinal));
        Outcome evaluated = Gonogo.Do("evaluate", model, "--data", _folder["data"]);
        Assert.Single((evaluated.Out + evaluated.Error).Split('\n'), line => line.Contains(Word, StringComparison.Ordinal));
        Assert.Contains(Word, Gonogo.Do("data", "describe", _folder["data"]).Out, StringComparison.Ordinal);
        Outcome inspected = Gonogo.Do("inspect", model, _folder["data/good"], "--threshold", "1e9");
        Assert.Single(inspected.Error.Split('\n'), line => line.Contains("alpha channel", StringComparison.Ordinal));
    }

    private static byte[] ToTiff(Image picture)
    {
        const int SampleFormat = 339;
        const int IsFloat = 3;
        byte[] samples = picture.SamplesFloat is { } floats
            ? [.. floats.SelectMany(value => Little(BitConverter.GetBytes(value)))]
            : [.. picture.Samples16!.SelectMany(value => Little(BitConverter.GetBytes(value)))];
        TiffFile file = TiffFile.Plain(picture.Width, picture.Height, 1, picture.BitDepth, color: 1, samples);
        return (picture.BitDepth == 32 ? file.Set(SampleFormat, 3, IsFloat) : file).Build();

        static byte[] Little(byte[] bytes)
        {
            if (!BitConverter.IsLittleEndian)
            {
                Array.Reverse(bytes);
            }

            return bytes;
        }
    }

    /// <summary>Trains on a set and evaluates the model there.</summary>
    private double Auroc(string set, string intensity, string? name = null)
    {
        string model = Train(set, name ?? set, "8", intensity);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", model, "--data", _folder[set], "--json").Out);
        return json.RootElement.GetProperty("auroc").GetDouble();
    }

    private string Train(string set, string name, string epochs, string intensity)
    {
        string model = _folder[name + ".gonogo"];
        Gonogo.Do(
            "train", "--data", _folder[set], "--output", model, "--detector", "autoencoder", "--epochs", epochs,
            "--set", "size=32", "--set", "channels=1", "--set", "latent=4", "--set", "batch-size=4", "--set", "learning-rate=0.001", "--set", intensity);
        return model;
    }
}
