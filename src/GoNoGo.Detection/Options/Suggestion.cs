using GoNoGo.Vision.Datasets;

namespace GoNoGo.Detection.Options;

/// <summary>Proposes the word that was probably meant.</summary>
public static class Suggestion
{
    /// <summary><c>"; did you mean 'x'?"</c> or nothing: the tail of an error message.</summary>
    public static string Text(string word, IEnumerable<string> candidates) =>
        NearestName.Of(word, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";
}
