using System.Text.Json;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

public sealed class ThresholdTests(SampleLine line) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_options_it_prints()
    {
        byte[] before = File.ReadAllBytes(line.Model);
        Outcome text = Gonogo.Do("threshold", line.Model);
        Assert.Contains("false-reject-rate 0.01", text.Out, StringComparison.Ordinal);
        using JsonDocument json = Json(line.Model);
        Assert.Equal(4, json.RootElement.GetProperty("calibration_count").GetInt32());
        Assert.Equal("false-reject-rate", json.RootElement.GetProperty("image").GetProperty("rule").GetString());
        Assert.Equal(JsonValueKind.Object, json.RootElement.GetProperty("pixel").ValueKind);
        Assert.Equal(before, File.ReadAllBytes(line.Model));
    }

    [Fact]
    public void A_value_is_stored_and_the_weights_stay_byte_for_byte()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--value", "1.5");
        using JsonDocument json = Json(model);
        Assert.Equal(1.5, json.RootElement.GetProperty("image").GetProperty("value").GetDouble());
        Assert.Equal("value", json.RootElement.GetProperty("image").GetProperty("rule").GetString());
        SameTensors(line.Model, model);
        Gonogo.Do("threshold", model, "--value", "-0.25", "--pixel");
        using JsonDocument pixel = Json(model);
        Assert.Equal(-0.25, pixel.RootElement.GetProperty("pixel").GetProperty("value").GetDouble());
        Assert.Equal(1.5, pixel.RootElement.GetProperty("image").GetProperty("value").GetDouble());
        Assert.Equal(3, Gonogo.Run("inspect", model, Path.Combine(line.Data, "test"), "--threshold", "-1e9").Code);
    }

    [Fact]
    public void The_stored_rule_gives_the_stored_bytes_again()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--value", "1.5");
        Gonogo.Do("threshold", model, "--value", "1.5", "--pixel");
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.01");
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.01", "--pixel");
        Assert.Equal(File.ReadAllBytes(line.Model), File.ReadAllBytes(model));
    }

    [Fact]
    public void A_larger_rate_gives_a_smaller_threshold()
    {
        string model = Copy();
        Gonogo.Do("threshold", model, "--false-reject-rate", "0.5");
        using JsonDocument strict = Json(model);
        using JsonDocument stored = Json(line.Model);
        Assert.True(Value(strict) < Value(stored));
    }

    [Fact]
    public void Costs_choose_on_labelled_pictures()
    {
        string output = _folder["cheap.gonogo"];
        Gonogo.Do("threshold", line.Model, "--cost-miss", "1000", "--cost-false-alarm", "1", "--data", line.Data, "--output", output);
        using JsonDocument json = JsonDocument.Parse(Gonogo.Do("evaluate", output, "--data", line.Data, "--json").Out);
        Assert.Equal(0, json.RootElement.GetProperty("confusion").GetProperty("false_negatives").GetInt32());
        using JsonDocument stored = Json(output);
        Assert.Equal("cost", stored.RootElement.GetProperty("image").GetProperty("rule").GetString());
        Assert.Contains("14 labelled pictures", stored.RootElement.GetProperty("image").GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_existing_output_stays_without_force()
    {
        string output = _folder.File("there.gonogo", "mine"u8);
        Gonogo.Refused(1, ["there.gonogo", "--force"], "threshold", line.Model, "--value", "1", "--output", output);
        Assert.Equal("mine", File.ReadAllText(output));
        Gonogo.Do("threshold", line.Model, "--value", "1", "--output", output, "--force");
        SameTensors(line.Model, output);
    }

    [Theory]
    [InlineData("only one", "--value", "1", "--false-reject-rate", "0.1")]
    [InlineData("together", "--cost-miss", "1")]
    [InlineData("belong to", "--data", "x")]
    [InlineData("need a threshold", "--pixel")]
    [InlineData("does not take '1.5'", "--false-reject-rate", "1.5")]
    [InlineData("does not take '0,5'", "--value", "0,5")]
    public void Wrong_combinations_are_wrong_usage(string words, params string[] args) =>
        Gonogo.Refused(2, [words], ["threshold", line.Model, .. args]);

    private static double Value(JsonDocument json) => json.RootElement.GetProperty("image").GetProperty("value").GetDouble();

    private static JsonDocument Json(string model) => JsonDocument.Parse(Gonogo.Do("threshold", model, "--json").Out);

    private static void SameTensors(string expected, string actual)
    {
        using SafetensorsReader left = SafetensorsReader.Open(expected);
        using SafetensorsReader right = SafetensorsReader.Open(actual);
        Assert.Equal(left.Entries.Select(entry => entry.Name), right.Entries.Select(entry => entry.Name));
        foreach (SafetensorsEntry entry in left.Entries)
        {
            Assert.Equal(left.ReadBytes(entry.Name), right.ReadBytes(entry.Name));
        }
    }

    private string Copy()
    {
        string copy = _folder["copy.gonogo"];
        File.Copy(line.Model, copy);
        return copy;
    }
}
