using GoNoGo.Testing.SyntheticData;

namespace GoNoGo.EndToEnd.Tests;

/// <summary>A model tells when it is judged on pictures that it was trained on.</summary>
public sealed class SeenPicturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Evaluate_and_train_name_pictures_that_are_there_twice()
    {
        for (int i = 0; i < 8; i++)
        {
            _folder.File($"data/good/{i}.png", TestPictures.Png(64, 64, 3, i));
        }

        _folder.File("data/good/again.png", TestPictures.Png(64, 64, 3, 2));
        _folder.File("data/test/good/new.png", TestPictures.Png(64, 64, 3, 30));
        _folder.File("data/test/good/seen.png", TestPictures.Png(64, 64, 3, 5));
        string model = _folder["m.gonogo"];
        Outcome trained = Gonogo.Do(["train", "--data", _folder["data"], "--output", model, .. SampleLine.Tiny, "--epochs", "1"]);
        Assert.Contains("1 training picture(s) are the same file as another one", trained.Out + trained.Error, StringComparison.Ordinal);
        string judged = Gonogo.Do("evaluate", model, "--data", _folder["data"], "--json").Out;
        Assert.Contains("1 picture(s) judged here were trained on, first 'test/good/seen.png'", judged, StringComparison.Ordinal);

        // The hashes stay in a model whose threshold was changed, and are no hindrance to others.
        Gonogo.Do("threshold", model, "--value", "3");
        Assert.Contains("were trained on", Gonogo.Do("evaluate", model, "--data", _folder["data"], "--json").Out, StringComparison.Ordinal);
        File.Delete(_folder["data/test/good/seen.png"]);
        Assert.DoesNotContain("were trained on", Gonogo.Do("evaluate", model, "--data", _folder["data"], "--json").Out, StringComparison.Ordinal);
    }
}
