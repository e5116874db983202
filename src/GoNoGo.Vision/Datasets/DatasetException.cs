namespace GoNoGo.Vision.Datasets;

/// <summary>What kind of thing is wrong with a data set.</summary>
public enum DatasetError
{
    /// <summary>Something that has no name of its own here.</summary>
    Other,

    /// <summary>The folder does not exist.</summary>
    MissingFolder,

    /// <summary>The path is a regular file.</summary>
    NotAFolder,

    /// <summary>The folder holds nothing.</summary>
    EmptyFolder,

    /// <summary>No known layout fits, or the layout that was asked for does not.</summary>
    UnknownLayout,

    /// <summary>Several categories exist and none was chosen: wrong usage.</summary>
    CategoryRequired,

    /// <summary>There is no category of that name: wrong usage.</summary>
    UnknownCategory,

    /// <summary>There is no picture of a good part to learn from.</summary>
    NoGoodPictures,

    /// <summary>A file of the data set is missing.</summary>
    MissingFile,

    /// <summary>A file is damaged, cut off or of another kind than its name says.</summary>
    DamagedFile,

    /// <summary>A mask has another size than its picture.</summary>
    MaskSize,
}

/// <summary>A data set that cannot be used as it is: where, what was expected, what was found, and what to do.</summary>
public sealed class DatasetException : IOException
{
    /// <summary>One sentence out of its parts: <c>'path': expected ..., found ...; do ...</c>.</summary>
    /// <param name="error">The kind of error.</param>
    /// <param name="path">The file or folder concerned.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="found">What is there.</param>
    /// <param name="advice">What to do, as an imperative without a full stop.</param>
    /// <param name="inner">The cause, if it is another failure.</param>
    public DatasetException(DatasetError error, string path, string expected, string found, string advice, Exception? inner = null)
        : base($"'{path}': expected {expected}, found {found}; {advice}", inner)
    {
        Error = error;
        Path = path;
        Expected = expected;
        Found = found;
        Advice = advice;
    }

    /// <summary>One sentence.</summary>
    public DatasetException(string message) : base(message) { }

    /// <summary>One sentence, with the cause.</summary>
    public DatasetException(string message, Exception inner) : base(message, inner) { }

    /// <summary>No message.</summary>
    public DatasetException() { }

    /// <summary>The kind of error.</summary>
    public DatasetError Error { get; }

    /// <summary>The file or folder concerned.</summary>
    public string Path { get; } = "";

    /// <summary>What should be there.</summary>
    public string Expected { get; } = "";

    /// <summary>What is there.</summary>
    public string Found { get; } = "";

    /// <summary>What to do.</summary>
    public string Advice { get; } = "";
}
