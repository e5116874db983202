namespace GoNoGo.Learning.Graphs.Onnx;

/// <summary>The result of a node while an ONNX file is put together by <see cref="OnnxBuilder"/>.</summary>
/// <param name="Name">Its name in the file.</param>
public readonly record struct OnnxResult(string Name);
